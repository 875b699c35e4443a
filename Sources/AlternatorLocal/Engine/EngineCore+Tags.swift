import AlternatorWire

extension Tags {
    /// The tags with those of a `Tags` parameter added, all rules checked.
    static func adding(_ list: [JSONValue], to tags: [String: String]) throws(LocalError) -> [String: String] {
        var result = tags
        for element in list {
            guard case .object = element else { throw .validation("invalid tag object") }
            guard let key = element["Key"]?.text, let value = element["Value"]?.text else {
                throw .validation("string Key and Value required")
            }
            guard !key.isEmpty else { throw .validation("A tag Key cannot be empty") }
            guard key.utf8.count <= 128 else { throw .validation("A tag Key is limited to 128 characters") }
            guard hasLegalCharacters(key) else {
                throw .validation("A tag Key can only contain letters, spaces, and [+-=._:/]")
            }
            guard !isInternal(key) else { throw .validation("Tag key '\(key)' is reserved for internal use") }
            guard value.utf8.count <= 256 else { throw .validation("A tag Value is limited to 256 characters") }
            guard hasLegalCharacters(value) else {
                throw .validation("A tag Value can only contain letters, spaces, and [+-=._:/]")
            }
            result[key] = value
        }
        try checkAll(result)
        return result
    }
}

extension EngineCore {
    /// The table a ResourceArn names.
    private func table(arn: String) throws(LocalError) -> TableDefinition {
        let field = "ResourceArn: Invalid table ARN `\(arn)`"
        guard arn.hasPrefix("arn:") else { throw .accessDenied("\(field)  - missing `arn:` prefix") }
        let parts = arn.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false)
        guard parts.count == 6 else {
            throw .accessDenied("\(field) - missing arn:<partition>:<service>:<region>:<account-id> prefix")
        }
        guard parts[5].hasPrefix("table/") else {
            throw .validation("\(field) - resource-type is not `table/`")
        }
        let resource = parts[5].dropFirst("table/".count)
        let end = resource.firstIndex { $0 == "/" || $0 == ":" } ?? resource.endIndex
        var name = resource[..<end]
        var keyspace = parts[3]
        if parts[1] != "scylla" {
            guard let separator = name.firstIndex(of: "@") else {
                throw .validation("\(field) - missing separator `@`")
            }
            keyspace = name[..<separator]
            name = name[name.index(after: separator)...]
        }
        guard end == resource.endIndex else {
            throw .validation("\(field) - expected `` after table name `\(name)`")
        }
        guard keyspace == "alternator_\(name)", let table = tables[String(name)] else {
            throw .resourceNotFound("\(field) - not found")
        }
        return table
    }

    private func arn(of request: JSONValue) throws(LocalError) -> String {
        guard let arn = request["ResourceArn"]?.text else { throw .accessDenied("Incorrect resource identifier") }
        return arn
    }

    func tagResource(_ request: JSONValue) throws(LocalError) -> Answer {
        var table = try table(arn: arn(of: request))
        try check(.alter, on: .table(table.name))
        guard let list = request["Tags"]?.elements else { throw .validation("Cannot parse tags") }
        guard !list.isEmpty else { throw .validation("The number of tags must be at least 1") }
        table.tags = try Tags.adding(list, to: table.tags)
        try save(table)
        return Answer(body: [])
    }

    func untagResource(_ request: JSONValue) throws(LocalError) -> Answer {
        let arn = try arn(of: request)
        guard let keys = request["TagKeys"]?.elements else { throw .validation("Cannot parse tag keys") }
        var table = try table(arn: arn)
        try check(.alter, on: .table(table.name))
        for key in keys {
            guard let key = key.text else { throw ValueCheck.jsonAssert("IsString()") }
            guard !Tags.isInternal(key) else { throw .validation("Tag key '\(key)' is reserved for internal use") }
            table.tags[key] = nil
        }
        try Tags.checkAll(table.tags)
        try save(table)
        return Answer(body: [])
    }

    func listTagsOfResource(_ request: JSONValue) throws(LocalError) -> Answer {
        let table = try table(arn: arn(of: request))
        let shown = table.tags.sorted { $0.key < $1.key }.filter { !Tags.isInternal($0.key) }
        let list = shown.map { key, value in
            JSONValue.object([.init("Key", .string(key)), .init("Value", .string(value))])
        }
        return Answer(.object([.init("Tags", .array(list))]))
    }
}
