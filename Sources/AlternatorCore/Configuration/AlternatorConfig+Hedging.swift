extension AlternatorConfig {
    /// Whether a read that takes long is asked of a second node as well.
    public enum Hedging: Sendable, Hashable {
        /// Each attempt asks one node and waits for it.
        case off
        /// An attempt to read that has no answer after so long asks the plan's next node too; the first good answer wins.
        ///
        /// For GetItem, BatchGetItem, Query and Scan. Choose a delay that nine of ten reads stay below; each hedge takes
        /// one token of the retry budget, so a slow cluster is not sent twice the load. The one that loses is cancelled,
        /// and if its node had not begun to answer, that counts as a failure of the node.
        case after(Duration)
    }
}
