/// Korean particles, whose form depends on the sound that the word before them ends in.
public enum Josa: CaseIterable, Sendable {
    /// Topic, subject, object, direction or means, copula, "and".
    case topic, subject, object, direction, mustBe, and

    private var forms: (afterConsonant: String, afterVowel: String, either: String) {
        switch self {
        case .topic: ("은", "는", "은(는)")
        case .subject: ("이", "가", "이(가)")
        case .object: ("을", "를", "을(를)")
        case .direction: ("으로", "로", "(으)로")
        case .mustBe: ("이어야 한다", "여야 한다", "이어야 한다")
        case .and: ("과", "와", "와(과)")
        }
    }

    /// The word with the particle behind it.
    public func after(_ word: String) -> String { word + form(after: word) }

    /// The particle's form behind a word; both where nobody can tell how the word is read.
    func form(after word: String) -> String {
        guard let coda = Coda(of: word) else { return forms.either }
        switch coda {
        case .none: return forms.afterVowel
        // 서울로, 칠로: before 로 this one counts as a vowel.
        case .rieul: return self == .direction ? forms.afterVowel : forms.afterConsonant
        case .other: return forms.afterConsonant
        }
    }

    /// The particle that stands in a text in brackets: `[은/는]`.
    init?(mark: Substring) {
        guard let found = Self.allCases.first(where: { mark == "\($0.forms.afterConsonant)/\($0.forms.afterVowel)" }) else { return nil }
        self = found
    }
}

/// What the last syllable of a word ends in, as Koreans read the word.
enum Coda {
    case none, rieul, other

    /// - Returns: nil where one can't tell, as of a foreign script.
    init?(of word: String) {
        // What stands in brackets behind a word isn't read with it: 명령(CMD)은. Nor are quotes, slashes and dots at the end.
        var read = word[...]
        if read.hasSuffix(")"), let open = read.lastIndex(of: "("), open > read.startIndex { read = read[..<open] }
        while let last = read.last, !last.isLetter, !last.isNumber { read = read.dropLast() }
        guard let last = read.unicodeScalars.last?.value else { return nil }
        switch last {
        case 0xAC00...0xD7A3:
            // Syllables stand in the order of their final consonants, 28 to a vowel, the first without one (Unicode, section 3.12).
            let final = (last - 0xAC00) % 28
            self = final == 0 ? .none : final == 8 ? .rieul : .other
        // 영 일 이 삼 사 오 육 칠 팔 구; 십, 백, 천 and 만 end in consonants, too.
        case 48...57: self = [.other, .rieul, .none, .other, .none, .none, .other, .rieul, .rieul, .none][Int(last) - 48]
        case 65...90, 97...122: self = Self.latin(read)
        default: return nil
        }
    }

    /// A name in Latin letters, by the rules for writing English in Korean. A guess: who is called Grub is not asked.
    private static func latin(_ text: Substring) -> Coda {
        let letters = text.utf8.suffix(while: { (65...90).contains($0) || (97...122).contains($0) })
        let isUpper = letters.allSatisfy { $0 < 97 }
        let word = letters.map { $0 | 32 }
        func isVowel(_ letter: UInt8?) -> Bool { letter.map { "aeiouyw".utf8.contains($0) } ?? false }
        // Letter by letter: rm (알엠), CPU (씨피유), but SIGTERM as a word.
        let isSignal = isUpper && word.count > 3 && word.starts(with: Array("sig".utf8))
        if isUpper && !isSignal || !word.contains(where: isVowel) {
            switch word.last {
            case UInt8(ascii: "l"), UInt8(ascii: "r"): return .rieul
            case UInt8(ascii: "m"), UInt8(ascii: "n"): return .other
            default: return .none
            }
        }
        return coda(String(decoding: word, as: UTF8.self), before: word.dropLast().last, beforeThat: word.dropLast(2).last, isVowel)
    }

    private static func coda(_ word: String, before: UInt8?, beforeThat: UInt8?, _ isVowel: (UInt8?) -> Bool) -> Coda {
        let isShort = isVowel(before) && !isVowel(beforeThat)
        switch word.last {
        // 파일, 테이블; 볼륨, 머신; 이미지, 캐시.
        case "e" where before == UInt8(ascii: "l"): return .rieul
        case "e" where before == UInt8(ascii: "m") || before == UInt8(ascii: "n"): return .other
        case "l": return .rieul
        case "m", "n": return .other
        // 킹; but 로그.
        case "g" where before == UInt8(ascii: "n"): return .other
        // 웹; but 허브.
        case "b" where isVowel(before) && !word.hasSuffix("hub"): return .other
        // 독, 북; but 디스크.
        case "k" where isShort || before == UInt8(ascii: "c") || word.hasSuffix("ook"): return .other
        case "c" where isVowel(before): return .other
        // 앱, 스톱, 슬립; but 덤프, 루프.
        case "p" where isShort || before == UInt8(ascii: "p") || word.hasSuffix("eep"): return .other
        // 넷, 소켓; but 루트, 포트.
        case "t" where isShort: return .other
        default: return .none
        }
    }
}

extension Substring.UTF8View {
    /// The elements at the end that fulfil a condition.
    fileprivate func suffix(while isWanted: (UInt8) -> Bool) -> [UInt8] { Array(reversed().prefix(while: isWanted).reversed()) }
}
