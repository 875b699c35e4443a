extension AlternatorConfig {
    /// Whether the network threads take the processor from running tasks for each answer.
    public enum AnswerGathering: Sendable, Hashable {
        /// They are woken like any thread: at once.
        case off
        /// While eight tasks or more per network thread wait for answers outside of `client.executor`, a network thread
        /// that is woken waits until a running thread pauses, or its time slice ends (`SCHED_BATCH`), and then reads all
        /// answers that have come.
        ///
        /// Saves a fifth of the processor time of a request where the tasks keep their processors busy; where a processor
        /// is free nothing changes. Beside threads that do not pause, each answer would wait for a time slice, usually 3
        /// to 4 ms: after three such waits the thread stops gathering for 10 s, then 20 s, up to 320 s. Threads that
        /// were given a policy of their own keep it.
        case adaptive
    }
}
