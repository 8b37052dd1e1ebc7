import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    name: 'image',
    include: ['test/image/**/*.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    fileParallelism: false,
  },
})
