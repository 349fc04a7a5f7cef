import CDrydock
import Glibc
import ShimProtocol

// drydock-shim: started by the engine for one container, with the descriptors that ShimConfiguration.Descriptor names.
signal(SIGPIPE, SIG_IGN)

/// The whole content of the configuration's descriptor.
func configurationBytes() -> [UInt8] {
    var content: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 16 * 1024)
    while true {
        let count = pread(ShimConfiguration.Descriptor.configuration, &buffer, buffer.count, off_t(content.count))
        guard count > 0 else { return content }
        content += buffer[0..<count]
    }
}

guard let configuration = ShimConfiguration(bytes: configurationBytes()) else {
    let message = "drydock-shim: started by the engine, not by hand (no configuration on descriptor 4)\n"
    _ = write(2, message, message.utf8.count)
    exit(2)
}
close(ShimConfiguration.Descriptor.configuration)
exit(Shim(configuration).run())
