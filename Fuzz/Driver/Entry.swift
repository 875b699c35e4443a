import Glibc

/// The target that this process feeds, named by `ALTERNATOR_FUZZ_TARGET`.
private let target: FuzzTarget = {
    let name = unsafe getenv("ALTERNATOR_FUZZ_TARGET").map { unsafe String(cString: $0) } ?? ""
    guard let target = FuzzTarget(rawValue: name) else {
        fatalError("ALTERNATOR_FUZZ_TARGET must be one of \(FuzzTarget.allCases.map(\.rawValue)).")
    }
    return target
}()

/// Called by libFuzzer with each input.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let input = unsafe Array(UnsafeBufferPointer(start: bytes, count: count))
    if let broken = target.check(input) { fatalError("\(target.rawValue): \(broken)") }
    return 0
}

private typealias Arguments = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>

/// libFuzzer's loop; its library has no Swift interface.
@_silgen_name("LLVMFuzzerRunDriver")
private func runDriver(
    _ count: UnsafeMutablePointer<CInt>,
    _ arguments: UnsafeMutablePointer<Arguments>,
    _ callback: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
) -> CInt

/// The package manager makes `main` an alias of this symbol, beside the `main` of libFuzzer: whichever the linker takes
/// does the same.
@_cdecl("alternator_fuzz_main")
public func fuzzerMain(_ count: CInt, _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> CInt {
    var (count, arguments) = unsafe (count, arguments)
    return unsafe runDriver(&count, &arguments, testOneInput)
}
