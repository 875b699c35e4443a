extension IncomingResponse {
    /// The header lines of one name.
    ///
    /// For the rare answers whose headers matter: it walks over the head anew each time.
    ///
    /// - Parameter name: in lower case.
    /// - Returns: their values in the order of the lines, without blanks at the ends.
    package func headers(_ name: String) -> [String] {
        guard bodyOffset > 0, bodyOffset <= bytes.count else { return [] }
        let wanted = StaticText(name)
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
