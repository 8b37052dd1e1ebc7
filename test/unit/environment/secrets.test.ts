import { describe, expect, test } from 'vitest'
import { isSecret, secretValues, withoutSecrets } from '../../../environment/secrets.ts'

describe('isSecret()', () => {
  test.each([
    ...[
      'API_TOKEN',
      'HF_TOKEN',
      'RUNPOD_API_KEY',
      'wandb_api_key',
      'AWS_SECRET_ACCESS_KEY',
      'HEALTHCHECKS_URL',
    ],
    ...['JUPYTER_PASSWORD', 'TOKEN', 'DB_PASSWORD', 'CLIENT_SECRET', 'DB_PASS', 'PGPASSWORD', 'MYSQL_PWD'],
    ...['GITHUB_PAT', 'AWS_CREDENTIALS', 'GIT_CREDS', 'TELEGRAM_API', 'OPENAI_APIKEY', 'OPENAI_API_KEYS'],
    ...['OPENAI_API_KEY_2', 'HF_TOKEN_WRITE', 'NGROK_AUTHTOKEN', 'SSH_PASSPHRASE', 'HTTP_PASSWD'],
    ...['RUNPOD_SECRET_hf', 'SLACK_WEBHOOK_URL', 'PODMATE_TOKEN'],
  ])('takes %s for a secret', (name) => expect(isSecret(name, 'some-value')).toBe(true))

  test.each([
    ...[
      'PUBLIC_KEY',
      'SSH_PUBLIC_KEY',
      'RUNPOD_SSH_PUBLIC_KEY',
      'DEPLOY_PUBKEY',
      'PUBLIC_KEYS',
      'AUTHORIZED_KEYS',
    ],
    ...[
      'MONKEY',
      'TOKENIZERS',
      'START_INFERENCE_API',
      'PASS_SECRETS_TO_SSH',
      'TOKENIZERS_PARALLELISM',
      'PWD_X',
    ],
  ])('does not take %s for one', (name) => expect(isSecret(name, 'some-value')).toBe(false))

  test.each([
    ['GOOGLE_APPLICATION_CREDENTIALS', '/workspace/account.json'],
    ['MAX_TOKENS', '512'],
    ['WANDB_API', 'https://api.wandb.ai'],
    ['INIT_PWD', '/workspace'],
  ])('does not take %s=%s for one', (name, value) => expect(isSecret(name, value)).toBe(false))
})

describe('secretValues()', () => {
  test('finds values by name, by mark in the schema and in URLs, longest first', () => {
    const values = secretValues({
      API_TOKEN: 'sentinel-api',
      HF_TOKEN: ' sentinel-hugging ',
      PUBLIC_KEY: 'ssh-ed25519 AAAAC3NzaC1',
      REPO_URL: 'https://sentinel-git@github.com/me/repo.git',
      TRAIN_COMMAND: 'pip install -i https://me:sentinel%2Fpip@pypi.local/simple x && python train.py',
      HEALTHCHECKS_URL: 'https://hc-ping.com/0f3c2f0e-6c55-4d3c-9f6f-aaaaaaaaaaaa/start',
    })
    expect(values).toEqual([
      'https://hc-ping.com/0f3c2f0e-6c55-4d3c-9f6f-aaaaaaaaaaaa/start',
      '0f3c2f0e-6c55-4d3c-9f6f-aaaaaaaaaaaa',
      'sentinel-hugging',
      'sentinel%2Fpip',
      'sentinel-api',
      'sentinel-git',
      'sentinel/pip',
    ])
  })

  test('finds the key in the query of an address, and withholds such an address', () => {
    const env = { RUNPOD_GRAPHQL_ENDPOINT: 'https://api.runpod.io/graphql?api_key=sentinel%2Drunpod' }
    expect(secretValues(env)).toEqual(['sentinel%2Drunpod', 'sentinel-runpod'])
    expect(withoutSecrets(env, []).withheld).toEqual(['RUNPOD_GRAPHQL_ENDPOINT'])
    expect(secretValues({ PAGE: 'https://localhost/?topk=12345678' })).toEqual([])
  })

  test('finds every line of a secret with several lines', () => {
    expect(secretValues({ DEPLOY_KEY: 'first-line-x\nsecond-line\n' })).toEqual([
      'first-line-x\nsecond-line',
      'first-line-x',
      'second-line',
    ])
  })

  test('leaves out values under 8 characters, which would mask ordinary words', () => {
    expect(secretValues({ DB_PASSWORD: 'root', URL: 'ssh://git@host', EMPTY_TOKEN: undefined })).toEqual([])
  })
})

describe('withoutSecrets()', () => {
  test('withholds secrets by name and URLs with a password, and says which', () => {
    const { env, withheld } = withoutSecrets(
      { PATH: '/bin', HF_TOKEN: 'x', PROXY: 'http://me:sentinel-proxy@host', GONE: undefined, NO_TOKEN: '' },
      [],
    )
    expect(env).toEqual({ PATH: '/bin' })
    expect(withheld).toEqual(['HF_TOKEN', 'PROXY'])
  })

  test('passes what is listed', () => {
    const { env, withheld } = withoutSecrets({ HF_TOKEN: 'x', WANDB_API_KEY: 'y' }, ['HF_TOKEN'])
    expect(env).toEqual({ HF_TOKEN: 'x' })
    expect(withheld).toEqual(['WANDB_API_KEY'])
  })
})

describe('isPrivateKey()', () => {
  const key = '-----BEGIN OPENSSH PRIVATE KEY-----\nc2VudGluZWwta2V5\n-----END OPENSSH PRIVATE KEY-----'

  test('makes a private key a secret whatever its variable is called, each line of it', () => {
    expect(secretValues({ MY_DEPLOY: key, PUBLIC_KEY: key })).toContain('c2VudGluZWwta2V5')
    expect(withoutSecrets({ MY_DEPLOY: key, OTHER: 'x' }, [])).toEqual({
      env: { OTHER: 'x' },
      withheld: ['MY_DEPLOY'],
    })
  })
})
