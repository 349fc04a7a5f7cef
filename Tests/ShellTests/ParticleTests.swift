import Narration
import Testing

@testable import Shell

/// A particle right behind a value fits only some values: Korean texts leave it to `[은/는]`.
@Suite struct ParticleTests {
    @Test func koreanPhrasesLeaveTheFormToTheValue() {
        var texts: [String] = Phrase.allCases.map { $0.texts.ko }
        texts += LessonPhrase.allCases.map { $0.texts.ko }
        texts += WhyPhrase.allCases.map { $0.texts.ko }
        texts += PredictPhrase.allCases.map { $0.texts.ko }
        texts += OverviewPhrase.allCases.map { $0.texts.ko }
        for text in texts {
            #expect(text.firstMatch(of: /%[0-9][`"”’]?(은|는|이|가|을|를|와|과|으로|로)[ .,:)]/) == nil, "\(text)")
        }
        #expect("%1은 x".firstMatch(of: /%[0-9][`"”’]?(은|는|이|가|을|를|와|과|으로|로)[ .,:)]/) != nil)
        #expect(texts.contains { $0.contains("%1[으로/로]") })
    }

    @Test func whatIsSaidOfACodeFitsTheCode() {
        #expect(WhyPhrase.neverAsked.text(.korean, ["7"]).contains("코드 7로") && WhyPhrase.neverAsked.text(.korean, ["0"]).contains("코드 0으로"))
        #expect(WhyPhrase.exitCode.text(.korean, ["web", "3", "sh"]).contains("코드 3은 프로그램(sh)이"))
        #expect(WhyPhrase.exitCode.text(.korean, ["web", "2", "sh"]).contains("코드 2는 프로그램(sh)이"))
    }
}
