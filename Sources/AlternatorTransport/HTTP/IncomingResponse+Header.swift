extension IncomingResponse {
    /// The headers that somebody asks for.
    package enum Header: Sendable {
        case date, contentEncoding

        fileprivate var name: StaticText { self == .date ? Self.dateName : Self.contentEncodingName }
        private static let dateName = StaticText("date")
        private static let contentEncodingName = StaticText("content-encoding")
    }

    /// The header lines of one name.
    ///
    /// It walks over the head anew each time, which costs about as much as parsing it did.
    ///
    /// - Parameter header: which.
    /// - Returns: their values in the order of the lines, without blanks at the ends.
    package func values(of header: Header) -> [String] {
        guard bodyOffset > 0, bodyOffset <= bytes.count else { return [] }
        let wanted = header.name
        let source = bytes.span
        var lines = HeadLines(0..<bodyOffset)
        _ = lines.startLine(source)
        var values: [String] = []
        // The parser has read these lines before, so they are well formed.
        while let field = try? lines.nextField(source) {
            if HTTPGrammar.equals(source, field.name, wanted) { values.append(Bytes.string(source, field.value)) }
        }
        return values
    }
}
