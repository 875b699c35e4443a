extension EncodingState {
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

    struct Insertion {
        let buffer: Int
        let offset: Int
        let content: Int
        let frame: Int
    }

    /// A member that was given out as a container of its own.
    struct NestedMember: Hashable {
        let frame: Int
        let name: String
    }
}
