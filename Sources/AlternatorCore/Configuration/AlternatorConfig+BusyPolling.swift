extension AlternatorConfig {
    /// Whether the network threads look for answers without sleeping.
    public enum BusyPolling: Sendable, Hashable {
        /// They sleep until something happens.
        case off
        /// While an answer is due they look for it again and again, for up to `limit` each time (1 µs to 1 ms).
        ///
        /// For few requests at once over a network whose answers take less than the limit: there it saves the wake-up of
        /// a thread, which often takes longer than the answer, and costs no more processor time per request. Where answers
        /// take longer on average, the threads sleep as usual and try again now and then. Helps tasks on
        /// `client.executor` most. 50 µs suits one rack.
        case adaptive(limit: Duration)
    }
}
