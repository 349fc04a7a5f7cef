import Narration
import TextTools

/// Of the two types of that name in the modules below, the one that narration has.
typealias Language = Narration.Language

/// The name that was probably meant, nil when nothing is near.
func closest(to word: String, among names: [String]) -> String? { suggestion(for: word, among: names) }
