/// The rules for names of tables, indexes and attributes.
enum Names {
    static let maximumTableLength = 192
    /// Of a table's and an index's name with what stands between them.
    static let maximumAuxiliaryLength = 222
    static let internalPrefix = ".scylla.alternator."

    private static func hasLegalCharacters(_ name: String) -> Bool {
        name.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "."):
                true
            default: false
            }
        }
    }

    /// Refuses a name no table can have.
    static func checkTable(_ name: String, source: String = "TableName") throws(LocalError) {
        guard (3...maximumTableLength).contains(name.utf8.count) else {
            throw .validation(
                "\(source) must be at least 3 characters long and at most \(maximumTableLength) characters long"
            )
        }
        guard hasLegalCharacters(name) else {
            throw .validation("\(source) must satisfy regular expression pattern: [a-zA-Z0-9_.-]+")
        }
    }

    /// Refuses a name no index of that table can have; a local one leaves a character less.
    static func checkIndex(_ name: String, of table: String, isLocal: Bool) throws(LocalError) {
        guard name.utf8.count >= 3 else { throw .validation("IndexName must be at least 3 characters long") }
        guard hasLegalCharacters(name) else {
            throw .validation("IndexName '\(name)' must satisfy regular expression pattern: [a-zA-Z0-9_.-]+")
        }
        let between = isLocal ? 2 : 1
        guard table.utf8.count + between + name.utf8.count <= maximumAuxiliaryLength else {
            throw .validation(
                """
                The total length of TableName ('\(table)') and IndexName ('\(name)') cannot exceed \
                \(maximumAuxiliaryLength - between) characters
                """
            )
        }
    }

    /// Refuses an attribute name of no bytes, or of more than 65,535 (255 for a key).
    static func checkAttribute(
        _ name: String,
        isKey: Bool,
        context: String = "",
        place: String = ""
    ) throws(LocalError) {
        let maximum = isKey ? 255 : 65535
        let count = name.utf8.count
        guard count == 0 || count > maximum else { return }
        let start = context.isEmpty ? "" : "\(context) - "
        let what = isKey ? "key attribute name" : "attribute name"
        if count == 0 { throw .validation("\(start)\(place)Empty attribute name: \(what) must not be empty") }
        throw .validation("\(start)\(place)Attribute name is too large, must be less than \(maximum + 1) bytes")
    }
}
