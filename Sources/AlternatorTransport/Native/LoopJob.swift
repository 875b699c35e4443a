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

/// Jobs in the order of their coming, for one thread.
///
/// Two buffers that change places, kept for the next ones: adding a job checks neither exclusivity nor uniqueness.
@safe
final class JobQueue {
    /// `ready[0..<count]` is initialized, of `running` nothing outside `run`.
    private var ready: UnsafeMutablePointer<LoopJob>
    private var readyCapacity = 64
    private var running: UnsafeMutablePointer<LoopJob>
    private var runningCapacity = 64
    private(set) var count = 0

    init() {
        unsafe ready = .allocate(capacity: readyCapacity)
        unsafe running = .allocate(capacity: runningCapacity)
    }

    deinit {
        unsafe ready.deallocate()
        unsafe running.deallocate()
    }

    func append(_ job: LoopJob) {
        if count == readyCapacity { grow() }
        unsafe (ready + count).initialize(to: job)
        count += 1
    }

    /// Runs the jobs there are now; those that come meanwhile wait for the next call.
    func run() {
        let (jobs, capacity, due) = unsafe (ready, readyCapacity, count)
        unsafe ready = running
        readyCapacity = runningCapacity
        unsafe running = jobs
        runningCapacity = capacity
        count = 0
        for index in 0..<due { unsafe jobs[index].run() }
    }

    /// Takes all jobs out.
    func removeAll() -> [LoopJob] {
        let jobs = (0..<count).map { unsafe ready[$0] }
        count = 0
        return jobs
    }

    private func grow() {
        let larger = UnsafeMutablePointer<LoopJob>.allocate(capacity: readyCapacity * 2)
        unsafe larger.moveInitialize(from: ready, count: count)
        unsafe ready.deallocate()
        unsafe ready = larger
        readyCapacity *= 2
    }
}
