import { defineConfig } from 'vitest/config'

// No test fails because a machine is slow: what does not come about at all is waited for in vain just as well.
const patience = {
  testTimeout: 180_000,
  hookTimeout: 180_000,
  expect: { poll: { timeout: 60_000 } },
}

export default defineConfig({
  test: {
    projects: [
      { test: { ...patience, name: 'unit', include: ['test/unit/**/*.test.ts'] } },
      {
        test: {
          ...patience,
          name: 'integration',
          include: ['test/integration/**/*.test.ts'],
          fileParallelism: false,
        },
      },
    ],
  },
})
