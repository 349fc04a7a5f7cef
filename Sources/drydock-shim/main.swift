import CDrydock
import Glibc
import ShimProtocol

// drydock-shim: started by the engine for one container, with the descriptors that ShimConfiguration.Descriptor names.
// It is executed by a descriptor (ShimProgram), which would be its name.
dd_name_process("drydock-shim")
signal(SIGPIPE, SIG_IGN)

guard let order = Order.receive(from: ShimConfiguration.Descriptor.control) else {
    // An engine that has gone, or that took the start back, has nothing to tell; neither has a person who tries the program.
    if isatty(2) == 1 { _ = write(2, "drydock-shim: started by the engine, not by hand\n", 49) }
    exit(2)
}
exit(Shim(order).run())
