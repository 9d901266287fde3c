// `certs`: what a closed network needs, once; renewed, the devices trust it as before.
import { X509Certificate } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { RefusedError, UsageError, type Out } from './command.ts'
import { run } from './certs.ts'

const data = mkdtempSync(join(tmpdir(), 'heyuan-certs-'))
afterAll(() => rmSync(data, { recursive: true, force: true }))
const out: Out = { is_json: true, may_ask: false, line: () => {}, json: () => {} }
const read = (file: string): X509Certificate => new X509Certificate(readFileSync(join(data, 'tls', file)))

it('makes an authority and a certificate for the names that devices use, keys for nobody else to read; renews under the same authority, and overwrites nothing unasked', async () => {
  expect(await run(['--data', data, '--host', '192.168.1.10', '--host', 'gw.example.cn', '--days', '30'], out)).toBe(0)
  const [ca, first] = [read('ca.crt'), read('device.crt')]
  expect([ca.ca, first.ca, first.checkIssued(ca), first.verify(ca.publicKey)]).toEqual([true, false, true, true])
  expect([first.checkIP('192.168.1.10'), first.checkHost('gw.example.cn'), first.checkHost('other.example.cn')]).toEqual(['192.168.1.10', 'gw.example.cn', undefined])
  for (const file of ['ca.key', 'device.key']) expect(statSync(join(data, 'tls', file)).mode & 0o077).toBe(0)
  await expect(run(['--data', data, '--host', '192.168.1.10'], out)).rejects.toThrow(RefusedError)
  expect(await run(['--data', data, '--host', '192.168.1.10', '--renew'], out)).toBe(0)
  const second = read('device.crt')
  expect([read('ca.crt').fingerprint256, second.verify(ca.publicKey), second.serialNumber === first.serialNumber]).toEqual([ca.fingerprint256, true, false])
})
it('says what is wrong with what it was given', async () => {
  for (const args of [[], ['--data', data], ['--data', data, '--host', 'https://gw'], ['--data', data, '--host', 'gw', '--days', '0'], ['--data', data, '--host', 'g w']]) await expect(run(args, out)).rejects.toThrow(UsageError)
  await expect(run(['--data', join(data, 'nowhere'), '--host', 'gw'], out)).rejects.toThrow(RefusedError)
})
