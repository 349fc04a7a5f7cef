import Testing

@testable import ByHand

@Suite struct ShellTextTests {}
