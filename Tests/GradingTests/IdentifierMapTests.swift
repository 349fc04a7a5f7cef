import Testing

@testable import Grading

/// A transcript's ids were another engine's: each is found again in what the replay prints.
@Suite struct IdentifierMapTests {
    private let long = "169a848678c3f0e1d2c3b4a5968778695a4b3c2d1e0f123456789abcdef01234"
    private let newLong = "77aa848678c3f0e1d2c3b4a5968778695a4b3c2d1e0f123456789abcdef01234"

    private func map() -> IdentifierMap {
        var map = IdentifierMap()
        map.learn(recorded: "\(long)\n", replayed: "\(newLong)\n")
        map.learn(recorded: "80bbccddeeff busybox happy_euler\n", replayed: "0123456789ab busybox nice_gauss\n")
        return map
    }

    @Test func idsOfAnyLengthAreTranslated() {
        #expect(map().translate("docker start 169") == "docker start 77a")
        #expect(map().translate("docker logs 169a848678c3") == "docker logs 77aa848678c3")
        #expect(map().translate("docker rm -f \(long) 80bb") == "docker rm -f \(newLong) 0123")
    }

    @Test func numbersThatAreNoIdsStay() {
        #expect(map().translate("docker run -p 80:80 busybox sleep 169") == "docker run -p 80:80 busybox sleep 169")
        #expect(map().translate("echo 169") == "echo 169")
        // A port and a count beside a reference, where the first characters of an id could be meant.
        #expect(map().translate("docker port web 80") == "docker port web 80")
        #expect(map().translate("docker logs --tail 80 169") == "docker logs --tail 80 77a")
        #expect(map().translate("docker exec 169 echo 80") == "docker exec 77a echo 80")
        #expect(map().translate("docker stop -t 80 169 80bb; docker rm 169") == "docker stop -t 80 77a 0123; docker rm 77a")
    }

    @Test func madeUpNamesAreTranslated() {
        #expect(map().translate("docker rm happy_euler") == "docker rm nice_gauss")
        #expect(map().translate("docker rm sad_euler") == "docker rm sad_euler")
    }

    @Test func outputsThatDoNotMatchTeachNothing() {
        var map = IdentifierMap()
        map.learn(recorded: "\(long)\n\(newLong)\n", replayed: "\(newLong)\n")
        #expect(map.translate("docker start \(long)") == "docker start \(long)")
    }

    @Test func anIdThatMayMeanTwoThingsStays() {
        var map = IdentifierMap()
        map.learn(recorded: "aa0000000000 aa1111111111", replayed: "bb0000000000 cc1111111111")
        #expect(map.translate("docker stop aa") == "docker stop aa")
        #expect(map.translate("docker stop aa1") == "docker stop cc1")
    }
}
