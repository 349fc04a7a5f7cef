import Testing

@testable import Engine

@Suite struct ContainerIDTests {
    @Test func noHostNameIsANumber() {
        let tail = String(repeating: "a", count: 52)
        var ids = ["863777227395" + tail, "86377722739f" + tail]
        #expect(newContainerID { ids.removeFirst() } == "86377722739f" + tail)
    }
}
