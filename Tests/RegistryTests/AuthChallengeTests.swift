import Testing

@testable import Registry

@Suite("Challenges")
struct AuthChallengeTests {
    @Test("A registry's challenge")
    func bearer() {
        let header =
            #"Bearer realm="https://auth.docker.io/token",service="registry.docker.io",scope="repository:library/ubuntu:pull,push""#
        let challenges = AuthChallenge.parse(header)
        #expect(challenges?.count == 1)
        #expect(challenges?[0].scheme == "bearer")
        #expect(
            challenges?[0].parameters == [
                "realm": "https://auth.docker.io/token", "service": "registry.docker.io", "scope": "repository:library/ubuntu:pull,push",
            ]
        )
    }

    @Test("Several in one header, escapes, spaces, tokens without quotes")
    func several() {
        let challenges = AuthChallenge.parse(#"Basic realm="a \"b\"" , BEARER realm = x, Service="s", Negotiate"#)
        #expect(challenges?.map(\.scheme) == ["basic", "bearer", "negotiate"])
        #expect(challenges?[0].parameters == ["realm": #"a "b""#])
        #expect(challenges?[1].parameters == ["realm": "x", "service": "s"])
    }

    @Test(
        "What does not keep to the grammar is worth nothing",
        arguments: [
            "", ",", "Bearer realm=", #"Bearer realm="open"#, #"Bearer realm="a"service="b""#, #"Bearer realm="a",realm="b""#, "=x",
            "Bearer \"x\"",
            #"Bearer realm="a\"#, "Be@rer x=y",
        ]
    )
    func wrong(_ header: String) { #expect(AuthChallenge.parse(header) == nil) }
}
