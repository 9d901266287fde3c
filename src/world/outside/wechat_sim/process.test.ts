// The gateway as the supervisor runs it: a child with an IPC channel, its own memory, and an end with its parent.
import { fork, type ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, test } from 'vitest'
import { wechatV3 } from '../../../modules/payment/server/outside/wechat_v3.ts'
import { simMerchantConfig } from './index.ts'

const dir = mkdtempSync(join(tmpdir(), 'sim_wechat-'))
const program = fileURLToPath(new URL('../../../apps/sim_wechat.ts', import.meta.url))
const children: ChildProcess[] = []
afterAll(() => {
  for (const child of children) child.kill('SIGKILL')
  rmSync(dir, { recursive: true })
})

async function start(): Promise<{ child: ChildProcess; url: string; said: () => string }> {
  const env = { ...process.env, HEYUAN_DATA: dir, HEYUAN_SIM_WECHAT_PORT: '0' }
  const child = fork(program, [], { env, execArgv: [], stdio: ['ignore', 'pipe', 'pipe', 'ipc'] })
  children.push(child)
  let text = ''
  child.stdout?.on('data', (chunk: Buffer) => (text += chunk.toString()))
  child.stderr?.on('data', (chunk: Buffer) => (text += chunk.toString()))
  const url = await new Promise<string>((resolve, reject) => {
    child.once('message', (message) => resolve((message as { url: string }).url))
    child.once('exit', () => reject(new Error(text)))
  })
  return { child, url, said: () => text }
}

const ended = (child: ChildProcess) => new Promise((resolve) => child.once('exit', resolve))

test('remembers across kill -9 and ends when its parent goes', { timeout: 90_000 }, async () => {
  const first = await start()
  expect(first.said()).toContain('keys.json')
  const now = () => new Date()
  const config = simMerchantConfig(dir, now())
  const channel = wechatV3({ ...config, base_url: first.url }, { now })
  const order = {
    out_trade_no: 'K00000001',
    amount_fen: 1,
    description: '物业费',
    notify_url: 'http://127.0.0.1:9/n',
    expires_at: new Date(now().getTime() + 900_000),
  }
  expect((await channel.createNative(order)).kind).toBe('ok')
  const body = JSON.stringify({ out_trade_no: order.out_trade_no })
  const paid = await fetch(`${first.url}/__sim/pay`, { method: 'POST', body, headers: { 'Content-Type': 'application/json' } })
  expect(await paid.json()).toEqual({ outcome: 'paid' })
  const dead = ended(first.child)
  first.child.kill('SIGKILL')
  await dead
  channel.end()

  const second = await start()
  expect(second.said()).not.toContain('keys.json')
  const again = wechatV3({ ...config, base_url: second.url }, { now })
  expect((await again.query(order.out_trade_no)).state).toBe('paid')
  again.end()
  const over = ended(second.child)
  second.child.disconnect()
  expect(await over).toBe(0)
})
