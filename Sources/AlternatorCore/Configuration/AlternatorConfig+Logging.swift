extension AlternatorConfig {
    /// Which events are written to standard error, one line each.
    public enum LogLevel: Sendable, Hashable, CaseIterable {
        case off, debug, info, warning, error

        /// The least that is written; `nil`: nothing is.
        var minimum: AlternatorEvent.Level? {
            switch self {
            case .off: nil
            case .debug: .debug
            case .info: .info
            case .warning: .warning
            case .error: .error
            }
        }
    }
}
