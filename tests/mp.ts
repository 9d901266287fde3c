// A simulated official account beside a test, its events pushed to a real HTTP front of the app, and a company that uses it.
import Fastify, { type FastifyInstance } from 'fastify'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { messages } from '../src/modules/messages/contract.ts'
import { registerMessageRoutes } from '../src/modules/messages/server/index.ts'
import { makeMp, type Mp } from '../src/world/outside/mp_sim/index.ts'
import type { Caller, TestApp } from './harness.ts'

export const ACCOUNT = { appid: 'wx00000000heyuan', app_secret: '0123456789abcdef0123456789abcdef', push_token: 'pushtoken123', aes_key: 'jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C', push_mode: 'aes' as const }
export const TEMPLATE_ID = 'ngqIpbwh8bUfcSsECmogfXcV14J0tQlEpBO27izEYtY'
export interface MpStage {
  mp: Mp
  front: FastifyInstance
  api_base: string
  /** Moves the account's own clock. */
  shift: (ms: number) => void
  stop: () => Promise<void>
}

export async function startMp(t: TestApp): Promise<MpStage> {
  let shift_ms = 0
  const front = Fastify()
  await registerMessageRoutes(front, t.app)
  const origin = await front.listen({ port: 0, host: '127.0.0.1' })
  const mp = makeMp({ account: ACCOUNT, push_url: () => `${origin}/wechat/push/${t.company_id}`, now: () => new Date(Date.now() + shift_ms), report_ms: 0 })
  const server = createServer((req, res) => void mp.serve(req, res).then((done) => done || res.writeHead(404).end()))
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  return {
    mp, front, api_base: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, shift: (ms) => void (shift_ms = ms),
    stop: async () => {
      await front.close()
      server.closeAllConnections()
      await new Promise((done) => server.close(done))
    },
  }
}

/** The company's account, on; `templates`: which of our templates have one of WeChat's. */
export async function useMp(t: TestApp, stage: MpStage, from_on: string, templates: Record<string, Record<string, string>> = {}): Promise<void> {
  const as = t.as('admin')
  await as(messages.saveWechat, { name: '安居物业', ...ACCOUNT, web_origin: null, api_base: stage.api_base })
  await as(messages.setWechat, { enabled: true })
  for (const [template, fields] of Object.entries(templates)) await as(messages.saveWechatTemplate, { template, from_on, template_id: TEMPLATE_ID, fields })
}
export async function bindWechat(stage: MpStage, who: Caller, openid: string): Promise<{ follows: boolean | null }> {
  const { authorize_url } = await who(messages.beginWechat, { origin: 'http://localhost:8180' })
  return who(messages.bindWechat, { code: stage.mp.newCode(openid), state: new URL(authorize_url).searchParams.get('state')! })
}
