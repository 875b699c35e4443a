/// The nodes of a tape, in memory that belongs to a `DecodingMemory`: a copy of it retains nothing.
///
/// All of them have been given a value once, and every access is checked against their number.
@safe
struct TapeNodes {
    private let start: UnsafeMutablePointer<TapeNode>?
    let count: Int

    /// None.
    static var none: TapeNodes { unsafe TapeNodes(start: nil, count: 0) }

    private init(start: UnsafeMutablePointer<TapeNode>?, count: Int) {
        unsafe self.start = start
        self.count = count
    }

    @inline(__always)
    subscript(node: Int) -> TapeNode {
        get {
            precondition(UInt(bitPattern: node) < UInt(bitPattern: count), "The tape has no such node.")
            return unsafe start.unsafelyUnwrapped[node]
        }
        nonmutating set {
            precondition(UInt(bitPattern: node) < UInt(bitPattern: count), "The tape has no such node.")
            unsafe start.unsafelyUnwrapped[node] = newValue
        }
    }

    /// Frees them: no copy of this may be used any more.
    func free() { unsafe start?.deallocate() }

    /// More nodes, these first; these are freed.
    func grown(by more: Int) -> TapeNodes {
        let larger = UnsafeMutablePointer<TapeNode>.allocate(capacity: count + more)
        if let start = unsafe start { unsafe larger.initialize(from: start, count: count) }
        free()
        unsafe (larger + count).initialize(repeating: .none, count: more)
        return unsafe TapeNodes(start: larger, count: count + more)
    }
}
