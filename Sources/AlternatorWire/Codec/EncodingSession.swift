/// What the containers of one encoding share.
///
/// All that changes lies in one struct, so that an attribute costs one exclusivity check and not one for each field.
final class EncodingSession {
    var state: EncodingState
    let options: ItemEncoder
    private(set) lazy var userInfo: [CodingUserInfoKey: Any] = options.codingUserInfo

    /// Takes bytes over to append to; `state.finish` gives them back.
    init(_ bytes: consuming [UInt8], options: ItemEncoder, isItem: Bool) {
        state = EncodingState(consume bytes, isItem: isItem, maximumDepth: options.maximumDepth)
        self.options = options
    }

    /// Goes on with a state that was begun elsewhere.
    init(_ state: consuming EncodingState, options: ItemEncoder) {
        self.state = consume state
        self.options = options
    }

    func path(of frame: Int) -> [any CodingKey] { state.path(of: frame) }
}
