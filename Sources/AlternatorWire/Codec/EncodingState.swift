/// The state of one encoding: a buffer that is written front to back, and what is open in it.
///
/// A container of `Codable` may be written to at any time, also after its parent went on. So each value that is not
/// a plain scalar has a *frame*. Writing to the innermost open frame appends. Writing to an outer one first closes
/// those inside it. Writing to one that is closed already starts a side buffer, which is inserted at the frame's end
/// when all is done; so the bytes are those of the in-order spelling.
struct EncodingState {
    var buffer: ItemBuffer
    var frames: [Frame] = []
    /// The innermost open frame of the active buffer; -1 where all is closed.
    var top = -1
    /// The number of the buffer that is written to.
    var active = 0
    var names: [Name] = []
    /// What most items never need, see `EncodingState+Late.swift`.
    var rare: Rare?

    let maximumDepth: Int

    init(_ bytes: consuming [UInt8], isItem: Bool, maximumDepth: Int) {
        var root = Frame(
            parent: -1,
            below: -1,
            depth: isItem ? 0 : 1,
            buffer: 0,
            start: bytes.count,
            name: -1,
            index: -1
        )
        root.isItem = isItem
        // Handed on, not shared: a second owner would make the first store copy everything.
        buffer = ItemBuffer(consume bytes)
        self.maximumDepth = maximumDepth
        frames.reserveCapacity(4)
        names.reserveCapacity(20)
        frames.append(root)
        top = 0
    }

    /// Goes on with the value of a member that an `ItemWriter` has begun: frame 1, in a map that is frame 0.
    ///
    /// The member begins at `start`, its name is `name`; `outer` leads to the map, `depth` maps are around it.
    init(
        _ buffer: consuming ItemBuffer,
        valueOf name: ItemBuffer.Name,
        from start: Int,
        depth: Int,
        outer: [any CodingKey],
        maximumDepth: Int
    ) {
        self.buffer = buffer
        self.maximumDepth = maximumDepth
        var map = Frame(parent: -1, below: -1, depth: depth, buffer: 0, start: start, name: -1, index: -1)
        map.kind = .map
        map.count = 1
        frames.reserveCapacity(2)
        frames.append(map)
        top = 0
        names.append(Name(frame: 0, buffer: 0, offset: name.start, length: name.length))
        _ = openFrame(in: 0, start: start, isMember: true)
        if !outer.isEmpty { outerPath = outer }
    }

    /// Stands in for a state that is lent out; costs nothing.
    static var placeholder: EncodingState { EncodingState() }

    private init() {
        buffer = ItemBuffer()
        maximumDepth = 0
    }

    // MARK: Members and elements

    /// Counts a member in whose name has this feature.
    @inline(__always)
    private mutating func begin(_ frame: Int, _ name: Span<UInt8>) throws -> (hasComma: Bool, mayRepeat: Bool) {
        if top != frame { try focus(frame) }
        let begun = frames[frame].beginMember(EncodingState.feature(of: name))
        guard begun.isMap else { throw misuse(frame, "written to as a map, but it is not one") }
        return (begun.hasComma, begun.mayRepeat)
    }

    /// Remembers a member's name; refuses one that is there already.
    @inline(__always)
    private mutating func register(
        _ frame: Int,
        _ name: String,
        at place: ItemBuffer.Name,
        _ begun: (hasComma: Bool, mayRepeat: Bool)
    ) throws {
        let written = Name(frame: frame, buffer: active, offset: place.start, length: place.length)
        if begun.mayRepeat, isWritten(written) { throw repeated(frame, name, at: place, hasComma: begun.hasComma) }
        names.append(written)
    }

    @inline(never)
    private mutating func repeated(
        _ frame: Int,
        _ name: String,
        at place: ItemBuffer.Name,
        hasComma: Bool
    ) -> EncodingError {
        frames[frame].count &-= 1
        removeBytes(from: place.start - (hasComma ? 2 : 1))
        return EncodingError.refused(
            String.self,
            "the attribute is written twice",
            at: path(of: frame) + [PathKey(stringValue: name)]
        )
    }

    /// One bit that most different names differ in.
    @inline(__always)
    private static func feature(of name: Span<UInt8>) -> UInt64 {
        guard name.count > 0 else { return 1 }
        let sum = Int(name[0]) &* 7 &+ Int(name[name.count &- 1]) &* 31 &+ name.count &* 11
        return 1 << UInt64(sum & 63)
    }

    /// Begins a member of a map: comma, name and colon.
    @inline(__always)
    mutating func member(_ frame: Int, _ name: String) throws {
        let text = name.utf8.span
        let begun = try begin(frame, text)
        try register(frame, name, at: buffer.member(name, text, hasComma: begun.hasComma), begun)
    }

    mutating func member(_ frame: Int, _ name: String, string text: String) throws {
        let nameText = name.utf8.span
        let begun = try begin(frame, nameText)
        let written = buffer.member(name, nameText, hasComma: begun.hasComma, string: text)
        try register(frame, name, at: written, begun)
    }

    mutating func member(_ frame: Int, _ name: String, integer value: Int) throws {
        let text = name.utf8.span
        let begun = try begin(frame, text)
        try register(frame, name, at: buffer.member(name, text, hasComma: begun.hasComma, integer: value), begun)
    }

    /// N of a binary number; false, with nothing written, where its text has to be found another way.
    mutating func member(_ frame: Int, _ name: String, short value: Double) throws -> Bool {
        if let whole = EncodingSession.whole(value) {
            try member(frame, name, integer: whole)
        } else if let decimal = ShortDecimal(value) {
            let text = name.utf8.span
            let begun = try begin(frame, text)
            let written = buffer.member(name, text, hasComma: begun.hasComma, decimal: decimal)
            try register(frame, name, at: written, begun)
        } else {
            return false
        }
        return true
    }

    mutating func member(_ frame: Int, _ name: String, number text: String) throws {
        try member(frame, name)
        buffer.number(text)
    }

    mutating func member(_ frame: Int, _ name: String, bool flag: Bool) throws {
        let text = name.utf8.span
        let begun = try begin(frame, text)
        try register(frame, name, at: buffer.member(name, text, hasComma: begun.hasComma, bool: flag), begun)
    }

    mutating func memberNull(_ frame: Int, _ name: String) throws {
        try member(frame, name)
        buffer.null()
    }

    mutating func member(_ frame: Int, _ name: String, _ prepared: PreparedValue) throws {
        try member(frame, name)
        write(prepared)
    }

    /// Begins a member whose value has a frame of its own.
    mutating func openMember(_ frame: Int, _ name: String) throws -> Int {
        if top != frame { try focus(frame) }
        let start = buffer.count
        try member(frame, name)
        return openFrame(in: frame, start: start, isMember: true)
    }

    /// Begins an element of a list.
    @inline(__always)
    mutating func element(_ frame: Int) throws {
        if top != frame { try focus(frame) }
        let begun = frames[frame].beginElement()
        guard begun.isList else { throw misuse(frame, "written to as a list, but it is not one") }
        if begun.hasComma { buffer.comma() }
    }

    mutating func element(_ frame: Int, _ prepared: PreparedValue) throws {
        try element(frame)
        write(prepared)
    }

    /// Begins an element whose value has a frame of its own.
    mutating func openElement(_ frame: Int) throws -> Int {
        if top != frame { try focus(frame) }
        let start = buffer.count
        try element(frame)
        return openFrame(in: frame, start: start, isMember: false)
    }

    mutating func element(_ frame: Int, string text: String) throws {
        try element(frame)
        buffer.string(text)
    }

    mutating func element(_ frame: Int, number text: String) throws {
        try element(frame)
        buffer.number(text)
    }

    mutating func element(_ frame: Int, integer value: Int) throws {
        try element(frame)
        buffer.integer(value)
    }

    /// Begins the one value of a frame that a single-value container writes.
    mutating func single(_ frame: Int) throws {
        if top != frame { try focus(frame) }
        guard frames[frame].kind == .empty else { throw misuse(frame, "encoded more than one value") }
        if frames[frame].isItem { throw misuse(frame, "an item must be a map of attributes") }
        frames[frame].kind = .scalar
    }

    mutating func single(_ frame: Int, string text: String) throws {
        try single(frame)
        buffer.string(text)
    }

    mutating func single(_ frame: Int, number text: String) throws {
        try single(frame)
        buffer.number(text)
    }

    mutating func single(_ frame: Int, integer value: Int) throws {
        try single(frame)
        buffer.integer(value)
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
            if failure == nil { failure = error }
            top = -1
            return
        }
        frames[frame].kind = kind
        frames[frame].openedIn = active
        if kind == .list { buffer.openList() } else { buffer.openMap(isItem: frames[frame].isItem) }
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

    mutating func closeTop() {
        let frame = top
        frames[frame].end = buffer.count
        frames[frame].isOpen = false
        top = frames[frame].below
        guard frames[frame].openedIn == active else { return }
        switch frames[frame].kind {
        case .map: buffer.closeMap(isItem: frames[frame].isItem)
        case .list: buffer.closeList()
        case .empty, .scalar, .omitted, .refused: break
        }
    }

}
