// What a stopped loader asks again has the answer of the first time, a first password too, which is kept sealed.
import { expect, test } from 'vitest'
import { testApp } from '../../tests/harness.ts'
import { identity } from '../modules/identity/contract.ts'
import { personOf, Road } from './caller.ts'

test('a call asked again gives what the first one gave', async () => {
  const t = await testApp()
  const admin = await personOf(t.app, t.company_id, 'admin')
  const member = { name: '新人', login: 'xin.ren', post: null, grants: [] }
  const first = await (await Road.open(t.app, 'test', t.company_id)).call(admin, ['staff', 'xin.ren'], identity.addMember, member)
  expect(first.first_password.length).toBeGreaterThan(7)
  const again = await (await Road.open(t.app, 'test', t.company_id)).call(admin, ['staff', 'xin.ren'], identity.addMember, member)
  expect(again).toEqual(first)
  expect(JSON.stringify((await t.app.d.pool.query('select answer from kernel.request where company_id = $1', [t.company_id])).rows)).not.toContain(first.first_password)
})
