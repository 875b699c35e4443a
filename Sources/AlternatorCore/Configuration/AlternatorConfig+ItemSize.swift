extension AlternatorConfig {
    /// How large an item may be, as DynamoDB counts it: the bytes of names and values, not of JSON.
    public enum ItemSizeLimit: Sendable, Hashable {
        /// As large as a request may be.
        case none
        /// 400 KB (409,600 bytes): what is to move to DynamoDB one day must not be larger.
        case dynamoDB
        /// Another number of bytes, 1 or more.
        case bytes(Int)

        /// The number of bytes; `nil` for none.
        package var bytes: Int? {
            switch self {
            case .none: nil
            case .dynamoDB: 409_600
            case .bytes(let count): count
            }
        }
    }
}
