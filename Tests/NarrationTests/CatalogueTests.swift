import Foundation
import Testing

@testable import Narration

/// The step ids of the contract between client and engine (issue 2), and those that the engine has besides.
let contractSteps = """
    commit.pause commit.resume import.download
    push.resolve push.token push.layer push.config push.manifest login.resolve login.ask search.ask
    pull.tags pull.resolve pull.token pull.manifest pull.config pull.layer pull.unpack pull.tag
    create.name create.layer create.files create.config create.commit
    start.network.bridge start.network.address start.ports start.cgroup.create start.shim start.clone start.cgroup.enter
    start.network.veth start.mount start.mounts start.devices start.pivot start.network.interface start.identity start.mask
    start.limits start.seccomp start.privileges start.exec start.record
    exec.prepare exec.join exec.cgroup exec.namespaces exec.streams exec.limits exec.seccomp exec.privileges exec.clone exec.exec exec.record
    attach.connect stop.signal stop.wait stop.kill kill.signal exit.status exit.network exit.cgroup exit.record
    rm.stop rm.layer rm.record resize.terminal
    start.files load.images doctor.check rmi.untag rmi.delete rmi.kept save.archive export.archive import.layer import.image
    build.context build.context.kept build.fetch build.dockerfile build.cache build.source build.download build.copy build.workdir build.layer build.image build.tag build.kept
    build.from build.stage look-inside.shell
    create.volume start.volume exit.volume cp.find cp.read cp.write volume.create volume.rm volume.files volume.prune rm.volumes
    health.kill health.record pause.freeze pause.record unpause.record unpause.thaw top.find top.ps
    commit.layer commit.image shutdown.network shutdown.cgroups
    """.split(whereSeparator: { $0 == " " || $0 == "\n" }).map(String.init)

@Suite struct CatalogueTests {
    @Test("every step id of the contract has both languages", arguments: contractSteps)
    func complete(id: String) throws {
        for language in Language.allCases {
            let text = try #require(Catalogue.text(for: id, language: language))
            #expect(!text.title.isEmpty && !text.text.isEmpty)
        }
    }

    @Test func noTextIsUnused() {
        let verbs = Set(contractSteps.map { String($0.prefix { $0 != "." }) } + ["run", "prune", "tag", "rename", "instruction"])
        let unused = Catalogue.ids.filter { !contractSteps.contains($0) && !verbs.contains($0) }
        #expect(unused.isEmpty)
    }

    /// The engine is another program: its sources are read, so that neither side gains an id without the other.
    @Test func theEnginesStepsAreTheCataloguesOwn() throws {
        let sources = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "Sources")
        var used: Set<String> = []
        for module in ["Engine", "Runtime", "Store"] {
            let files = try #require(FileManager.default.enumerator(at: sources.appending(path: module), includingPropertiesForKeys: nil))
            for case let file as URL in files where file.pathExtension == "swift" {
                let text = try String(contentsOf: file, encoding: .utf8)
                used.formUnion(text.matches(of: /operate\("([a-z]+)"/).map { String($0.1) })
                used.formUnion(
                    text.matches(
                        of:
                            /"((?:pull|push|login|search|create|start|exec|attach|stop|kill|exit|rm|rmi|resize|load|save|export|import|commit|shutdown|doctor|build|cp|volume|health|pause|unpause|top)\.[a-z.]+)"/
                    ).map {
                        String($0.1)
                    })
            }
        }
        // Names of files and objects look like ids, too.
        let unknown = used.filter { Catalogue.text(for: $0, language: .english) == nil && !$0.hasSuffix(".json") && !$0.hasSuffix(".sock") }
        #expect(unknown.isEmpty)
    }

    @Test func noIdStandsTwice() {
        #expect(Set(Catalogue.ids).count == Catalogue.ids.count)
    }

    @Test("titles are short, texts are a sentence or three, and Korean texts are Korean", arguments: Catalogue.ids)
    func shape(id: String) throws {
        let english = try #require(Catalogue.text(for: id, language: .english))
        let korean = try #require(Catalogue.text(for: id, language: .korean))
        #expect(columns(english.title) <= 40 && columns(korean.title) <= 40)
        #expect(!english.title.hasSuffix(".") && english.text.hasSuffix("."))
        let isHangul = { (scalar: Unicode.Scalar) in (0xAC00...0xD7A3).contains(scalar.value) }
        #expect(korean.text.unicodeScalars.contains(where: isHangul) && korean.title.unicodeScalars.contains(where: isHangul) || id == "rm")
        #expect(!english.text.unicodeScalars.contains(where: isHangul))
    }

    @Test func theLocaleChoosesTheLanguage() {
        #expect(Language(locale: "ko_KR.UTF-8") == .korean)
        #expect(Language(locale: "ko") == .korean)
        #expect(Language(locale: "kok_IN") == .english)
        #expect(Language(locale: "C.UTF-8") == .english)
    }
}
