import Synchronization

/// What decodings work on, one after the other: the text, its tape, and the place of the last search.
///
/// The memory itself is never freed but used again; there is as much of it as there were decodings at the same time. So
/// a decoder that somebody keeps may hold this at no risk: what it refers to is live, and the number of the decoding
/// tells whether it is still what it was. A copy retains nothing: the standard library makes one for each member read.
///
/// Another thread may decode here by the time a kept decoder asks. Such a one may look at the number, which is atomic,
/// and at the map of its container, nothing else.
@safe
struct DecodingMemory: @unchecked Sendable {  // One decoding at a time has it.
    @safe
    private struct Contents: ~Copyable {
        /// Of the decoding that is under way; of none, between two.
        let serial = Atomic<UInt64>(0)
        let containers = ReusedContainers()
        var text = unsafe UnsafeBufferPointer<UInt8>(start: nil, count: 0)
        var nodes = TapeNodes.none
        /// The map searched last and the member found there: members mostly come in the order they are asked for.
        var cursor = (map: -1, member: 0)
        var options = ItemDecoder()
        var userInfo: [CodingUserInfoKey: Any]?
    }

    private let contents: UnsafeMutablePointer<Contents>

    /// Those that nobody decodes from now.
    private static let idle = Mutex<[DecodingMemory]>([])
    /// A longer tape is given back rather than kept, in nodes.
    private static let maximumKept = 1 << 12

    /// One that nothing is decoded from.
    static let unused = DecodingMemory()

    private init() {
        unsafe contents = .allocate(capacity: 1)
        unsafe contents.initialize(to: Contents())
    }

    /// Lends memory for decodings from a text, which is looked at where it is.
    @inline(__always)
    static func with<Result, Failure>(
        _ text: [UInt8],
        _ options: ItemDecoder,
        _ body: (DecodingMemory) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        let memory = idle.withLock { $0.popLast() } ?? DecodingMemory()
        defer { memory.giveBack() }
        return try unsafe text.withUnsafeBufferPointer { text throws(Failure) in
            unsafe memory.contents.pointee.text = text
            unsafe memory.contents.pointee.options = options
            return try body(memory)
        }
    }

    private func giveBack() {
        endDecoding()
        unsafe contents.pointee.text = UnsafeBufferPointer(start: nil, count: 0)
        if unsafe contents.pointee.userInfo != nil { unsafe contents.pointee.userInfo = nil }
        // Nothing of the user's is held until the next decoding.
        if unsafe !contents.pointee.options.holdsNothing { unsafe contents.pointee.options = ItemDecoder() }
        if unsafe contents.pointee.nodes.count > DecodingMemory.maximumKept {
            unsafe contents.pointee.nodes.free()
            unsafe contents.pointee.nodes = .none
        }
        DecodingMemory.idle.withLock { $0.append(self) }
    }

    // MARK: Decodings

    /// The number of a new decoding: its tape is what `nodes` holds now.
    @inline(__always)
    func beginDecoding() -> UInt64 {
        unsafe contents.pointee.cursor = (-1, 0)
        return nextSerial()
    }

    /// What was given out for the last decoding finds nothing from now on.
    @inline(__always)
    func endDecoding() { _ = nextSerial() }

    /// Not by an atomic addition: only the thread that decodes changes it.
    @inline(__always)
    private func nextSerial() -> UInt64 {
        let next = unsafe contents.pointee.serial.load(ordering: .relaxed) &+ 1
        unsafe contents.pointee.serial.store(next, ordering: .relaxed)
        return next
    }

    @inline(__always)
    func isOver(_ serial: UInt64) -> Bool { unsafe contents.pointee.serial.load(ordering: .relaxed) != serial }

    // MARK: What belongs to them

    /// The tape, and behind it nodes without a meaning.
    @inline(__always)
    var nodes: TapeNodes { unsafe contents.pointee.nodes }

    /// Makes room for more nodes; the former `nodes` are gone.
    func addNodes(_ more: Int) { unsafe contents.pointee.nodes = contents.pointee.nodes.grown(by: more) }

    @inline(__always)
    var options: ItemDecoder { unsafe contents.pointee.options }

    var userInfo: [CodingUserInfoKey: Any] {
        if let made = unsafe contents.pointee.userInfo { return made }
        let made = options.codingUserInfo
        unsafe contents.pointee.userInfo = made
        return made
    }

    /// Calls `body` with the text.
    @inline(__always)
    func withText<Result>(_ body: (Span<UInt8>) throws -> Result) rethrows -> Result {
        try body(unsafe contents.pointee.text.span)
    }

    @inline(__always)
    var cursor: (map: Int, member: Int) {
        get { unsafe contents.pointee.cursor }
        nonmutating set { unsafe contents.pointee.cursor = newValue }
    }

    // MARK: Containers

    /// A container that another map was read with, if one is free.
    @inline(__always)
    func freeContainer(keyedBy key: any CodingKey.Type, for map: MapPlace) -> Int? {
        unsafe contents.pointee.containers.take(ObjectIdentifier(key), for: map)
    }

    /// The container at a place that `freeContainer` has given for the type of its key.
    @inline(__always)
    func container<Key>(at place: Int, keyedBy type: Key.Type) -> KeyedDecodingContainer<Key> {
        unsafe contents.pointee.containers.container(at: place, keyedBy: type)
    }

    /// Where a new container can be kept; `nil` if all places are in use.
    func freePlaceForContainer() -> Int? { unsafe contents.pointee.containers.freePlace() }

    /// Keeps a container that knows its map by the place.
    func keep<Key>(_ container: KeyedDecodingContainer<Key>, at place: Int, for map: MapPlace) {
        unsafe contents.pointee.containers.keep(container, at: place, for: map)
    }

    /// Which map the container at a place reads.
    @inline(__always)
    func map(at place: Int) -> MapPlace { unsafe contents.pointee.containers[place] }
}

/// A map of one decoding.
struct MapPlace {
    var serial: UInt64 = 0
    var node = 0
}
