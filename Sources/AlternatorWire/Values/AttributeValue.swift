/// One value of an item.
public enum AttributeValue: Sendable, Hashable {
    case string(String)
    case number(AttributeNumber)
    case binary([UInt8])
    case bool(Bool)
    case null
    case list([AttributeValue])
    case map([String: AttributeValue])
    case stringSet(Set<String>)
    case numberSet(Set<AttributeNumber>)
    case binarySet(Set<[UInt8]>)
    /// ScyllaDB's vector type: read back from any table, written only where a model asks for it.
    case float32Vector([Float])
}
