/// The state of one encoding: a buffer that is written front to back, and what is open in it.
///
/// A container of `Codable` may be written to at any time, also after its parent went on. So each value that is not
/// a plain scalar has a *frame*. Writing to the innermost open frame appends. Writing to an outer one first closes
/// those inside it. Writing to one that is closed already starts a side buffer, which is inserted at the frame's end
/// when all is done; so the bytes are those of the in-order spelling.
struct EncodingState {
    /// One value under construction.
    struct Frame {
        enum Kind: UInt8 { case empty, map, list, scalar, omitted, refused }

        var kind = Kind.empty
        /// The item itself: braces without `{"M":`.
        var isItem = false
        /// Whether it is open in its buffer.
        var isOpen = true
        /// The frame of the container it is in; -1 for the root.
        let parent: Int
        /// The frame that was innermost when this one was opened, in the same buffer.
        var below: Int
        /// Containers around the content.
        let depth: Int
        /// Where it is written now.
        var buffer: Int
        /// The buffer with its opening bracket, so that the closing one goes there too.
        var openedIn = -1
        /// Where its member begins (comma and name included), for taking it back.
        let start: Int
        /// The end of its content once closed, where a late write belongs.
        var end = 0
        /// Members or elements so far.
        var count = 0
        /// Its name among `names`, or -1.
        let name: Int
        /// Its place in a list, or -1.
        let index: Int
        /// One bit for a feature of each member name, to notice most new names without comparing.
        var nameBits: UInt64 = 0
        /// Whether its value may come after its parent went on, so that the member cannot be taken back.
        var isDeferred = false

        /// Counts a member in; all of a member's bookkeeping in one visit of the frame.
        @inline(__always)
        mutating func beginMember(_ feature: UInt64) -> (isMap: Bool, hasComma: Bool, mayRepeat: Bool) {
            guard kind == .map else { return (false, false, false) }
            // A frame with a set of its names keeps that complete, see `isWritten`.
            let mayRepeat = nameBits & feature != 0 || count >= 16
            nameBits |= feature
            count &+= 1
            return (true, count > 1, mayRepeat)
        }

        /// Counts an element in.
        @inline(__always)
        mutating func beginElement() -> (isList: Bool, hasComma: Bool) {
            guard kind == .list else { return (false, false) }
            count &+= 1
            return (true, count > 1)
        }
    }

    /// A member name as it stands in a buffer, without quotes.
    struct Name {
        let frame: Int
        let buffer: Int
        let offset: Int
        let length: Int
    }

    private struct Insertion {
        let buffer: Int
        let offset: Int
        let content: Int
        let frame: Int
    }

    /// A member that was given out as a container of its own.
    private struct NestedMember: Hashable {
        let frame: Int
        let name: String
    }

    var writer: JSONWriter
    private(set) var frames: [Frame] = []
    /// The innermost open frame of the active buffer; -1 where all is closed.
    private var top = -1
    private var active = 0
    /// Buffers that are not active, by number; the active one's place is empty.
    private var parked: [(bytes: [UInt8], top: Int)] = []
    private var insertions: [Insertion] = []
    private var names: [Name] = []
    private var nameSets: [Int: Set<[UInt8]>] = [:]
    private var nested: [NestedMember: Int] = [:]
    /// Set where a protocol requirement that cannot throw was misused.
    private var failure: EncodingError?

    let maximumDepth: Int

    init(_ writer: consuming JSONWriter, isItem: Bool, maximumDepth: Int) {
        var root = Frame(
            parent: -1,
            below: -1,
            depth: isItem ? 0 : 1,
            buffer: 0,
            start: writer.bytes.count,
            name: -1,
            index: -1
        )
        root.isItem = isItem
        self.writer = writer
        self.maximumDepth = maximumDepth
        frames.reserveCapacity(8)
        names.reserveCapacity(24)
        frames.append(root)
        top = 0
    }

    // MARK: Writing

    /// Begins a member of a map: comma, name and colon.
    @inline(__always)
    mutating func member(_ frame: Int, _ name: String) throws {
        if top != frame { try focus(frame) }
        let begun = frames[frame].beginMember(EncodingState.feature(of: name.utf8.span))
        guard begun.isMap else { throw misuse(frame, "written to as a map, but it is not one") }
        let offset = writer.bytes.count &+ (begun.hasComma ? 2 : 1)
        writer.memberName(name, hasComma: begun.hasComma)
        let written = Name(
            frame: frame,
            buffer: active,
            offset: offset,
            length: writer.bytes.count &- 2 &- offset
        )
        if begun.mayRepeat, isWritten(written) {
            frames[frame].count &-= 1
            removeBytes(from: begun.hasComma ? offset &- 2 : offset &- 1)
            throw EncodingError.refused(
                String.self,
                "the attribute is written twice",
                at: path(of: frame) + [PathKey(stringValue: name)]
            )
        }
        names.append(written)
    }

    /// One bit that most different names differ in.
    @inline(__always)
    private static func feature(of name: Span<UInt8>) -> UInt64 {
        guard name.count > 0 else { return 1 }
        let sum = Int(name[0]) &* 7 &+ Int(name[name.count &- 1]) &* 31 &+ name.count &* 11
        return 1 << UInt64(sum & 63)
    }

    /// Begins an element of a list.
    @inline(__always)
    mutating func element(_ frame: Int) throws {
        if top != frame { try focus(frame) }
        let begun = frames[frame].beginElement()
        guard begun.isList else { throw misuse(frame, "written to as a list, but it is not one") }
        if begun.hasComma { writer.byte(UInt8(ascii: ",")) }
    }

    /// Begins the one value of a frame that a single-value container writes.
    mutating func single(_ frame: Int) throws {
        if top != frame { try focus(frame) }
        guard frames[frame].kind == .empty else { throw misuse(frame, "encoded more than one value") }
        if frames[frame].isItem { throw misuse(frame, "an item must be a map of attributes") }
        frames[frame].kind = .scalar
    }

    /// Whether the frame has a member of this name already.
    @inline(never)
    private mutating func isWritten(_ name: Name) -> Bool {
        if frames[name.frame].count > 16 { return !insertIntoSet(name) }
        return names.contains { earlier in
            earlier.frame == name.frame && earlier.length == name.length && bytes(of: earlier) == bytes(of: name)
        }
    }

    /// For maps of many members, where comparing each name with each would take quadratic time.
    private mutating func insertIntoSet(_ name: Name) -> Bool {
        if nameSets[name.frame] == nil {
            var known: Set<[UInt8]> = []
            for earlier in names where earlier.frame == name.frame { known.insert(Array(bytes(of: earlier))) }
            nameSets[name.frame] = known
        }
        return nameSets[name.frame, default: []].insert(Array(bytes(of: name))).inserted
    }

    private func bytes(of name: Name) -> ArraySlice<UInt8> {
        let buffer = name.buffer == active ? writer.bytes : parked[name.buffer].bytes
        return buffer[name.offset..<(name.offset + name.length)]
    }

    // MARK: Frames

    /// Opens a frame for the value of the member or element just begun.
    mutating func openFrame(in parent: Int, start: Int, isMember: Bool) -> Int {
        let frame = Frame(
            parent: parent,
            below: top,
            depth: frames[parent].depth + 1,
            buffer: active,
            start: start,
            name: isMember ? names.count - 1 : -1,
            index: isMember ? -1 : frames[parent].count - 1
        )
        frames.append(frame)
        top = frames.count - 1
        return top
    }

    /// Makes a frame a map; a second time it is the same map.
    mutating func openMap(_ frame: Int) { open(frame, as: .map) }

    /// Makes a frame a list; a second time it is the same list.
    mutating func openList(_ frame: Int) { open(frame, as: .list) }

    private mutating func open(_ frame: Int, as kind: Frame.Kind) {
        if frames[frame].kind == kind { return }
        do {
            if top != frame { try focus(frame) }
            guard frames[frame].kind == .empty else { throw misuse(frame, "encoded as more than one kind of value") }
            if frames[frame].isItem, kind != .map { throw misuse(frame, "an item must be a map of attributes") }
            if frames[frame].depth > maximumDepth {
                throw misuse(frame, "nested more than \(maximumDepth) levels deep")
            }
        } catch {
            // The protocol lets no container be refused, so all writing fails from here on.
            frames[frame].kind = .refused
            if failure == nil { failure = error as? EncodingError }
            top = -1
            return
        }
        frames[frame].kind = kind
        frames[frame].openedIn = active
        if kind == .list {
            writer.raw("{\"L\":[")
        } else if frames[frame].isItem {
            writer.byte(UInt8(ascii: "{"))
        } else {
            writer.raw("{\"M\":{")
        }
    }

    /// Ends the value of a frame after its `encode(to:)` returned.
    mutating func closeFrame(_ frame: Int) throws {
        if top != frame { try focus(frame) }
        switch frames[frame].kind {
        case .empty: throw misuse(frame, "its encode(to:) wrote nothing")
        case .omitted: takeBack(to: frames[frame].start, member: frame)
        case .map, .list, .scalar, .refused: closeTop()
        }
    }

    /// The value of a single-value container is an empty set: leave the whole member out.
    mutating func omit(_ frame: Int) throws {
        if top != frame { try focus(frame) }
        let parent = frames[frame].parent
        guard parent >= 0, frames[frame].kind == .empty, frames[parent].kind == .map, !frames[frame].isDeferred,
            frames[frame].buffer == frames[parent].buffer, frames[frame].index < 0
        else { throw misuse(frame, "an empty set cannot be stored here") }
        frames[frame].kind = .omitted
    }

    private mutating func closeTop() {
        let frame = top
        frames[frame].end = writer.bytes.count
        frames[frame].isOpen = false
        top = frames[frame].below
        guard frames[frame].openedIn == active else { return }
        switch frames[frame].kind {
        case .map: writer.raw(frames[frame].isItem ? "}" : "}}")
        case .list: writer.raw("]}")
        case .empty, .scalar, .omitted, .refused: break
        }
    }

    mutating func focusIfNeeded(_ frame: Int) throws {
        if top != frame { try focus(frame) }
    }

    /// Makes a frame the innermost open one.
    @inline(never)
    private mutating func focus(_ frame: Int) throws {
        if let failure { throw failure }
        if frames[frame].buffer != active { activate(frames[frame].buffer) }
        if frames[frame].isOpen {
            while top != frame { closeTop() }
            return
        }
        let number = parkedCount()
        insertions.append(
            Insertion(buffer: active, offset: frames[frame].end, content: number, frame: frame)
        )
        parked.append(([], -1))
        activate(number)
        frames[frame].buffer = number
        frames[frame].isOpen = true
        frames[frame].below = -1
        top = frame
    }

    /// The number of the next side buffer; the main one has number 0.
    private mutating func parkedCount() -> Int {
        if parked.isEmpty { parked.append(([], -1)) }
        return parked.count
    }

    private mutating func activate(_ number: Int) {
        parked[active] = (writer.bytes, top)
        active = number
        writer.bytes = parked[number].bytes
        top = parked[number].top
        parked[number] = ([], -1)
    }

    /// Removes a member or element that could not be written, so that a caller who catches the error can go on.
    mutating func takeBack(to start: Int, member frame: Int, after error: (any Error)? = nil) {
        let parent = frames[frame].parent
        let home = frames[frame].buffer
        if parent >= 0, frames[parent].buffer == home, frames[parent].isOpen {
            if home != active { activate(home) }
            for child in frame..<frames.count {
                frames[child].isOpen = false
                frames[child].kind = .refused
            }
            top = parent
            removeBytes(from: start)
            frames[parent].count -= 1
        } else if failure == nil {
            // Parts of it lie in several buffers: nothing more can be written.
            failure = error as? EncodingError ?? misuse(parent, "a value written late could not be encoded")
        }
    }

    private mutating func removeBytes(from start: Int) {
        writer.bytes.removeLast(writer.bytes.count - start)
        insertions.removeAll { $0.buffer == active && $0.offset > start }
        names.removeAll { $0.buffer == active && $0.offset >= start }
        nameSets.removeAll()
    }

    // MARK: Nested containers

    /// The frame that an earlier `nestedContainer` made for a name.
    func nestedFrame(of frame: Int, _ name: String) -> Int? { nested[NestedMember(frame: frame, name: name)] }

    /// A frame for a member whose value comes later; a second request gets the same one.
    mutating func memberFrame(_ frame: Int, _ name: String) -> Int {
        if let known = nestedFrame(of: frame, name) { return known }
        let start = writer.bytes.count
        do {
            try member(frame, name)
        } catch {
            return refusedFrame(error, in: frame)
        }
        let child = openFrame(in: frame, start: start, isMember: true)
        frames[child].isDeferred = true
        nested[NestedMember(frame: frame, name: name)] = child
        return child
    }

    /// A frame for an element whose value comes later.
    mutating func elementFrame(_ frame: Int) -> Int {
        let start = writer.bytes.count
        do {
            try element(frame)
        } catch {
            return refusedFrame(error, in: frame)
        }
        return openFrame(in: frame, start: start, isMember: false)
    }

    /// A frame that takes nothing, where the protocol wants a container in spite of an error.
    private mutating func refusedFrame(_ error: any Error, in parent: Int) -> Int {
        if failure == nil { failure = error as? EncodingError }
        var frame = Frame(
            parent: parent,
            below: -1,
            depth: frames[parent].depth + 1,
            buffer: active,
            start: 0,
            name: -1,
            index: -1
        )
        frame.kind = .refused
        frames.append(frame)
        top = -1
        return frames.count - 1
    }

    // MARK: The end

    /// Closes what is open, puts side buffers in their places and gives the writer back.
    mutating func finish() throws -> JSONWriter {
        if let failure { throw failure }
        if !insertions.isEmpty || active != 0 {
            for number in parked.indices {
                if number != active { activate(number) }
                while top >= 0 { closeTop() }
            }
            try checkAllWritten()
            activate(0)
            writer.bytes = assembled(0, writer.bytes)
            return writer
        }
        while top >= 0 { closeTop() }
        try checkAllWritten()
        return writer
    }

    /// The writer as it was taken over, after an error.
    mutating func abandoned(keeping length: Int) -> JSONWriter {
        if active != 0 { activate(0) }
        writer.bytes.removeLast(max(0, writer.bytes.count - length))
        return writer
    }

    private func checkAllWritten() throws {
        if let empty = frames.firstIndex(where: { $0.kind == .empty }) {
            throw misuse(empty, "its encode(to:) wrote nothing")
        }
        if frames.contains(where: { $0.kind == .omitted && $0.isOpen }) {
            throw misuse(0, "an empty set cannot be stored here")
        }
    }

    /// A buffer with its insertions, and theirs in turn.
    private func assembled(_ number: Int, _ bytes: [UInt8]) -> [UInt8] {
        // At one place an inner frame (opened later) ends before the outer one.
        let own = insertions.filter { $0.buffer == number }.sorted { ($0.offset, $1.frame) < ($1.offset, $0.frame) }
        guard !own.isEmpty else { return bytes }
        var result: [UInt8] = []
        var copied = 0
        for insertion in own {
            result += bytes[copied..<insertion.offset]
            result += assembled(insertion.content, parked[insertion.content].bytes)
            copied = insertion.offset
        }
        result += bytes[copied...]
        return result
    }

    // MARK: Paths and errors

    func path(of frame: Int) -> [any CodingKey] {
        var path: [any CodingKey] = []
        var current = frame
        while current >= 0 {
            if frames[current].index >= 0 {
                path.append(PathKey(intValue: frames[current].index))
            } else if frames[current].name >= 0, frames[current].name < names.count {
                let name = names[frames[current].name]
                let escaped = Array(bytes(of: name))
                path.append(
                    PathKey(
                        stringValue: String(
                            decoding: JSONText.unescaped(escaped.span, 0..<escaped.count),
                            as: UTF8.self
                        )
                    )
                )
            }
            current = frames[current].parent
        }
        return path.reversed()
    }

    func misuse(_ frame: Int, _ reason: String) -> EncodingError {
        .refused(nil, reason, at: path(of: frame))
    }
}

/// What the containers of one encoding share.
///
/// All that changes lies in one struct, so that an attribute costs one exclusivity check and not one for each field.
final class EncodingSession {
    var state: EncodingState
    let options: ItemEncoder
    private(set) lazy var userInfo: [CodingUserInfoKey: Any] = options.codingUserInfo

    /// Takes the writer over; `state.finish` gives it back.
    init(_ writer: consuming JSONWriter, options: ItemEncoder, isItem: Bool) {
        state = EncodingState(writer, isItem: isItem, maximumDepth: options.maximumDepth)
        self.options = options
    }

    func path(of frame: Int) -> [any CodingKey] { state.path(of: frame) }
}
