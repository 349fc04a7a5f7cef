/// Korean particles, whose form depends on whether the word before them ends in a consonant.
enum Josa {
    /// Topic, subject, object, copula.
    case topic, subject, object, mustBe, and

    private var forms: (afterConsonant: String, afterVowel: String, either: String) {
        switch self {
        case .topic: ("은", "는", "은(는)")
        case .subject: ("이", "가", "이(가)")
        case .object: ("을", "를", "을(를)")
        case .mustBe: ("이어야 한다", "여야 한다", "이어야 한다")
        case .and: ("과", "와", "와(과)")
        }
    }

    /// The word with the particle behind it.
    func after(_ word: String) -> String {
        switch Self.endsInConsonant(word) {
        case true?: word + forms.afterConsonant
        case false?: word + forms.afterVowel
        case nil: word + forms.either
        }
    }

    /// nil where one can't tell without knowing how a foreign word is read. Quotes and brackets at the end are not read.
    private static func endsInConsonant(_ word: String) -> Bool? {
        // What stands in brackets behind a word isn't read with it: 명령(CMD)은.
        let read = word.hasSuffix(")") ? word[..<(word.lastIndex(of: "(") ?? word.endIndex)] : word[...]
        guard let last = read.unicodeScalars.last(where: { !"\"')”".unicodeScalars.contains($0) })?.value else { return nil }
        // Syllables stand in the order of their final consonants, 28 to a vowel, the first without one (Unicode, section 3.12).
        if (0xAC00...0xD7A3).contains(last) { return (last - 0xAC00) % 28 != 0 }
        // 영 일 이 삼 사 오 육 칠 팔 구.
        if (48...57).contains(last) { return [true, true, false, true, false, false, true, true, true, false][Int(last) - 48] }
        return nil
    }
}
