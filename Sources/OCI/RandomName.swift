/// Names for containers that were given none: an adjective and the surname of someone to look up.
public enum RandomName {
    /// - Parameters:
    ///   - retry: How many names were taken already; from the first retry on a digit is appended.
    ///   - source: Where chance comes from; tests give one of their own.
    public static func make(retry: Int = 0, using source: inout some RandomNumberGenerator) -> String {
        let name = "\(pick(adjectives, &source))_\(pick(surnames, &source))"
        // Docker's one exception, kept: Steve Wozniak is not boring.
        if name == "boring_wozniak" { return make(retry: retry, using: &source) }
        return retry > 0 ? "\(name)\(Int.random(in: 0..<10, using: &source))" : name
    }

    private static func pick(_ words: [Substring], _ source: inout some RandomNumberGenerator) -> Substring {
        words[Int.random(in: 0..<words.count, using: &source)]
    }

    static let adjectives = """
        agile amber ample ardent awake balmy blithe bold boring brave breezy bright brisk busy calm candid careful cheerful clever \
        cool cosy crisp curious dapper daring deft dreamy eager earnest easy elated elegant epic fair fearless festive fluent fond \
        frank fresh friendly frosty gallant gentle gifted glad golden graceful grand happy hardy hearty honest hopeful humble jaunty \
        jolly jovial keen kind lively loyal lucid lucky mellow merry mighty modest neat nimble noble patient placid plucky polite \
        proud quick quiet quirky radiant ready robust serene sharp silent smart snug sober sound spry steady stoic sunny swift tender \
        thrifty tidy tranquil trusting upbeat valiant vivid warm wise witty zealous zesty
        """.split(separator: " ")

    static let surnames = """
        abel adams agnesi albattani alhazen allen ampere archimedes aristotle aryabhata avogadro babbage bacon banach bardeen bartik \
        bell bernoulli berners blackwell bohr boltzmann boole borg bose brahe brahmagupta brattain brown burnell cannon cantor carson \
        carver cauchy cerf chandrasekhar chatelet church clarke conway copernicus cori coulomb crick curie dalton darwin davinci \
        descartes diffie dijkstra dirac easley edison ehrlich einstein elion engelbart erdos euclid euler faraday fermat fermi feynman \
        fibonacci fleming floyd fourier franklin galileo galois gauss germain goodall greider haibt hamilton hamming hawking heisenberg \
        hellman heron herschel hertz hilbert hodgkin hopper hubble hugle huygens hypatia ishizaka jackson jang jepsen johnson joliot \
        kapitsa kare keller kepler khayyam khorana kilby knuth kovalevskaya lagrange lalande lamarr lamport laplace lavoisier leavitt \
        leibniz lewin lichterman liskov lovelace lumiere mahavira maxwell mayer mccarthy mcclintock mclean mcnulty meitner mendel \
        mendeleev mestorf minsky mirzakhani moore morse moser napier nash neumann newton nightingale nobel noether noyce ohm pare \
        pascal pasteur payne perlman pike planck poincare poitras ptolemy raman ramanujan rhodes riemann ride ritchie rosalind rubin \
        rutherford sammet sanderson sejong shannon shaw shockley sinoussi snyder spence stallman stonebraker sutherland swirles tesla \
        thompson torvalds turing varahamihira villani volhard volta wescoff wilbur wiles williams wilson wing wozniak wright wu yalow \
        yonath zhukovsky
        """.split(separator: " ")
}
