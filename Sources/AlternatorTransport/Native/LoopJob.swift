/// A job of a task together with the executor in whose name it runs.
///
/// The task that owns the job keeps its executor alive until the job has run; each job is run once, by `run` or
/// `runElsewhere`.
@safe
struct LoopJob: Sendable {
    private let job: UnownedJob
    private let executor: UnownedTaskExecutor

    init<Executor: TaskExecutor>(_ job: consuming ExecutorJob, on executor: Executor) {
        self.job = UnownedJob(job)
        unsafe self.executor = executor.asUnownedTaskExecutor()
    }

    /// Runs the job on this thread.
    func run() { unsafe job.runSynchronously(on: executor) }

    /// Hands the job to the global executor: its own has ended.
    func runElsewhere() { globalConcurrentExecutor.enqueue(ExecutorJob(job)) }
}
