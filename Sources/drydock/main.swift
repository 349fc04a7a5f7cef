import Glibc
import Shell

exit(drydockMain(arguments: CommandLine.arguments))
