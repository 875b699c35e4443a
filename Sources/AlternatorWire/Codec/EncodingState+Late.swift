// What is rare: containers written to after their parent went on, values taken back, the end.

extension EncodingState {
    /// The part of the state that most items never need.
    ///
    /// By reference, so that the rest is small: it is moved for every attribute, see `EncodingSession`.
    final class Rare {
        var parked: [(buffer: ItemBuffer, top: Int)] = []
        var insertions: [Insertion] = []
        var nameSets: [Int: Set<[UInt8]>] = [:]
        var nested: [NestedMember: Int] = [:]
        var failure: (any Error)?
        var outerPath: [any CodingKey] = []
    }

    private var madeRare: Rare {
        mutating get {
            if let rare { return rare }
            let made = Rare()
            rare = made
            return made
        }
    }

    /// Buffers that are not active, by number; the active one's place is empty.
    var parked: [(buffer: ItemBuffer, top: Int)] {
        get { rare?.parked ?? [] }
        _modify { yield &madeRare.parked }
    }

    var insertions: [Insertion] {
        get { rare?.insertions ?? [] }
        _modify { yield &madeRare.insertions }
    }

    /// The names of maps with many members, by frame.
    var nameSets: [Int: Set<[UInt8]>] {
        get { rare?.nameSets ?? [:] }
        _modify { yield &madeRare.nameSets }
    }

    /// The frames of members that were given out as containers of their own.
    var nested: [NestedMember: Int] {
        get { rare?.nested ?? [:] }
        _modify { yield &madeRare.nested }
    }

    /// Set where a protocol requirement that cannot throw was misused.
    var failure: (any Error)? {
        get { rare?.failure }
        set { madeRare.failure = newValue }
    }

    /// The keys that lead to the first frame, where that is a part of an item.
    var outerPath: [any CodingKey] {
        get { rare?.outerPath ?? [] }
        set { madeRare.outerPath = newValue }
    }

    /// Makes a frame the innermost open one.
    @inline(never)
    mutating func focus(_ frame: Int) throws {
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
        parked.append((ItemBuffer(), -1))
        activate(number)
        frames[frame].buffer = number
        frames[frame].isOpen = true
        frames[frame].below = -1
        top = frame
    }

    /// The number of the next side buffer; the main one has number 0.
    mutating func parkedCount() -> Int {
        if parked.isEmpty { parked.append((ItemBuffer(), -1)) }
        return parked.count
    }

    mutating func activate(_ number: Int) {
        // Exchanged and not copied: a buffer has one owner at any time.
        let rare = madeRare
        rare.parked[active].top = top
        swap(&rare.parked[active].buffer, &buffer)
        active = number
        swap(&rare.parked[number].buffer, &buffer)
        top = rare.parked[number].top
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
            failure = error ?? misuse(parent, "a value written late could not be encoded")
        }
    }

    mutating func removeBytes(from start: Int) {
        buffer.truncate(to: start)
        names.removeAll { $0.buffer == active && $0.offset >= start }
        guard let rare else { return }
        rare.insertions.removeAll { $0.buffer == active && $0.offset > start }
        rare.nameSets.removeAll()
    }

    // MARK: Nested containers

    /// The frame that an earlier `nestedContainer` made for a name.
    func nestedFrame(of frame: Int, _ name: String) -> Int? { nested[NestedMember(frame: frame, name: name)] }

    /// A frame for a member whose value comes later; a second request gets the same one.
    mutating func memberFrame(_ frame: Int, _ name: String) -> Int {
        if let known = nestedFrame(of: frame, name) { return known }
        let start = buffer.count
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
        let start = buffer.count
        do {
            try element(frame)
        } catch {
            return refusedFrame(error, in: frame)
        }
        return openFrame(in: frame, start: start, isMember: false)
    }

    /// A frame that takes nothing, where the protocol wants a container in spite of an error.
    mutating func refusedFrame(_ error: any Error, in parent: Int) -> Int {
        if failure == nil { failure = error }
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

    /// Closes what is open, puts side buffers in their places and gives the bytes back.
    mutating func finish() throws -> [UInt8] {
        if let failure { throw failure }
        if !insertions.isEmpty || active != 0 {
            for number in parked.indices {
                if number != active { activate(number) }
                while top >= 0 { closeTop() }
            }
            try checkAllWritten()
            activate(0)
            return assembled(0)
        }
        while top >= 0 { closeTop() }
        try checkAllWritten()
        return buffer.take()
    }

    /// Ends the value of a member that an `ItemWriter` has begun and gives the buffer back.
    mutating func finishValue() throws -> ItemBuffer {
        if rare != nil { return ItemBuffer(try finish()) }
        while top >= 0 { closeTop() }
        try checkAllWritten()
        var finished = ItemBuffer()
        swap(&finished, &buffer)
        return finished
    }

    /// The bytes as they were taken over, after an error.
    mutating func abandoned(keeping length: Int) -> [UInt8] {
        if active != 0 { activate(0) }
        buffer.truncate(to: length)
        return buffer.take()
    }

    func checkAllWritten() throws {
        if let empty = frames.firstIndex(where: { $0.kind == .empty }) {
            throw misuse(empty, "its encode(to:) wrote nothing")
        }
        if frames.contains(where: { $0.kind == .omitted && $0.isOpen }) {
            throw misuse(0, "an empty set cannot be stored here")
        }
    }

    /// A buffer with its insertions, and theirs in turn.
    mutating func assembled(_ number: Int) -> [UInt8] {
        let bytes = number == active ? buffer.take() : parked[number].buffer.take()
        // At one place an inner frame (opened later) ends before the outer one.
        let own = insertions.filter { $0.buffer == number }.sorted { ($0.offset, $1.frame) < ($1.offset, $0.frame) }
        guard !own.isEmpty else { return bytes }
        var result: [UInt8] = []
        var copied = 0
        for insertion in own {
            result += bytes[copied..<insertion.offset]
            result += assembled(insertion.content)
            copied = insertion.offset
        }
        result += bytes[copied...]
        return result
    }
}
