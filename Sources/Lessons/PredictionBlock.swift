import Narration

/// Reads a ```predict block: `? en:` the question, `( ) en:` a wrong and `(x) en:` a right choice, `! en:` why; each also with `ko:`.
enum PredictionBlock {
    static func parse(_ id: String, _ lines: [String], file: String, line start: Int) throws(LessonProblem) -> Prediction {
        var prediction = Prediction(id: id, line: start)
        for (offset, line) in lines.enumerated() where !trimmed(line).isEmpty {
            let number = start + offset + 1
            guard let (mark, language, text) = split(line) else {
                throw LessonProblem(file, number, "? ( ) (x) or !, then en: or ko: and a text are expected")
            }
            switch mark {
            case "?": prediction.question[language] = text
            case "!":
                guard !prediction.choices.isEmpty else {
                    throw LessonProblem(file, number, "! explains the choice above it; there is none")
                }
                prediction.choices[prediction.choices.count - 1].explanation[language] = text
            default:
                // The same choice's second language follows its first.
                let isRight = mark == "(x)"
                if let last = prediction.choices.last, last.text[language].isEmpty, last.isRight == isRight, last.explanation.isEmpty {
                    prediction.choices[prediction.choices.count - 1].text[language] = text
                } else {
                    var choice = Prediction.Choice(text: Localized(), isRight: isRight)
                    choice.text[language] = text
                    prediction.choices.append(choice)
                }
            }
        }
        return prediction
    }

    private static func split(_ line: String) -> (mark: String, language: Language, text: String)? {
        for mark in ["( )", "(x)", "?", "!"] where line.hasPrefix(mark + " ") {
            let rest = line.dropFirst(mark.count + 1)
            guard let colon = rest.firstIndex(of: ":"), let language = Language(rawValue: String(rest[..<colon])) else { return nil }
            let text = trimmed(rest[rest.index(after: colon)...])
            return text.isEmpty ? nil : (mark, language, text)
        }
        return nil
    }
}
