/// What the containers of one encoding share.
///
/// All that changes lies in one struct. It is moved out while it is written to and back afterwards: moves cannot overlap,
/// which the compiler sees, so an attribute costs no exclusivity check at run time. One is some 120 instructions.
final class EncodingSession {
    /// `nil` only while `state` is written to.
    private var held: EncodingState?
    let options: ItemEncoder
    private(set) lazy var userInfo: [CodingUserInfoKey: Any] = options.codingUserInfo

    /// Takes bytes over to append to; `state.finish` gives them back.
    init(_ bytes: consuming [UInt8], options: ItemEncoder, isItem: Bool) {
        held = EncodingState(consume bytes, isItem: isItem, maximumDepth: options.maximumDepth)
        self.options = options
    }

    /// Goes on with a state that was begun elsewhere.
    init(_ state: consuming EncodingState, options: ItemEncoder) {
        held = consume state
        self.options = options
    }

    var state: EncodingState {
        get { lent(held) }
        @inline(__always)
        _modify {
            var taken: EncodingState?
            swap(&taken, &held)
            defer { swap(&taken, &held) }
            yield &taken!
        }
    }

    /// Stops the program where the state is out: nothing that writes to it calls code of a model.
    private func lent(_ state: EncodingState?) -> EncodingState {
        guard let state else { preconditionFailure("The state of an encoding is used twice at once.") }
        return state
    }

    func path(of frame: Int) -> [any CodingKey] { state.path(of: frame) }
}
