/** The numbers that have a column of their own; all others are in `extra`, as JSON. */
export const numberColumns = [
  'epoch',
  'loss',
  'eval_loss',
  'learning_rate',
  'grad_norm',
  'samples_per_second',
  'elapsed_seconds',
  'remaining_seconds',
  'progress',
  'gpu_memory_allocated_gb',
  'gpu_memory_reserved_gb',
] as const

export const schemaVersion = 1

/** Tables and columns are named as a control plane has them; what only podmate needs comes last in each. */
export const schema = `
CREATE TABLE IF NOT EXISTS local_training_jobs (
  id TEXT PRIMARY KEY,
  user_id TEXT,
  model_name TEXT NOT NULL,
  dataset_path TEXT,
  status TEXT NOT NULL CHECK (status IN ('pending', 'running', 'completed', 'failed', 'cancelled')),
  job_token TEXT NOT NULL,
  config TEXT,
  error_message TEXT,
  started_at INTEGER,
  completed_at INTEGER,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  source TEXT NOT NULL,
  command TEXT,
  exit_code INTEGER,
  signal TEXT,
  reason TEXT,
  attempts INTEGER NOT NULL,
  run_id TEXT NOT NULL,
  last_step INTEGER,
  last_loss REAL,
  progress REAL,
  total_points INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX IF NOT EXISTS local_training_jobs_status ON local_training_jobs (status);
CREATE INDEX IF NOT EXISTS local_training_jobs_created ON local_training_jobs (created_at);
CREATE TABLE IF NOT EXISTS local_training_metrics (
  id INTEGER PRIMARY KEY,
  job_id TEXT NOT NULL REFERENCES local_training_jobs (id),
  step INTEGER NOT NULL,
  ${numberColumns.map((name) => `${name} REAL,`).join('\n  ')}
  timestamp INTEGER NOT NULL,
  extra TEXT
);
CREATE UNIQUE INDEX IF NOT EXISTS local_training_metrics_step ON local_training_metrics (job_id, step);
CREATE TABLE IF NOT EXISTS local_training_names (
  job_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  name TEXT NOT NULL,
  PRIMARY KEY (job_id, position)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS local_training_extremes (
  job_id TEXT NOT NULL,
  width INTEGER NOT NULL,
  bucket INTEGER NOT NULL,
  extremes BLOB NOT NULL,
  PRIMARY KEY (job_id, width, bucket)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS local_training_parts (
  job_id TEXT NOT NULL,
  epoch REAL NOT NULL,
  first_step INTEGER NOT NULL,
  PRIMARY KEY (job_id, epoch)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS local_training_forwards (
  job_id TEXT NOT NULL,
  url TEXT NOT NULL,
  metric_id INTEGER NOT NULL,
  PRIMARY KEY (job_id, url)
) WITHOUT ROWID;
PRAGMA user_version = ${schemaVersion};
`
