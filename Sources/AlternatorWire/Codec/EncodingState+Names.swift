extension EncodingState {
    /// Whether the frame has a member of this name already.
    @inline(never)
    mutating func isWritten(_ name: Name) -> Bool {
        if frames[name.frame].count > 16 { return !insertIntoSet(name) }
        for earlier in names where earlier.frame == name.frame && earlier.length == name.length {
            if bytes(of: earlier) == bytes(of: name) { return true }
        }
        return false
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

    func bytes(of name: Name) -> ArraySlice<UInt8> {
        let range = name.offset..<(name.offset + name.length)
        return name.buffer == active ? buffer[range] : parked[name.buffer].buffer[range]
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
        return outerPath + path.reversed()
    }

    func misuse(_ frame: Int, _ reason: String) -> EncodingError {
        .refused(nil, reason, at: path(of: frame))
    }
}
