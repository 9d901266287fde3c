// A simulated channel is found at the port of this start; a real one never moves.
import { afterEach, expect, test } from 'vitest'
import { placed } from './channels.ts'

afterEach(() => {
  delete process.env['HEYUAN_SIM_ALIPAY_PORT']
})

test('the simulator is looked for where this start put it', () => {
  const config = { base_url: 'http://127.0.0.1:8181', app_id: '2026000000000001' }
  expect(placed(config, true, 'alipay')).toEqual(config)
  process.env['HEYUAN_SIM_ALIPAY_PORT'] = '9281'
  expect(placed(config, true, 'alipay')).toEqual({ ...config, base_url: 'http://127.0.0.1:9281' })
  expect(placed({ base_url: 'http://127.0.0.1:8181/gateway.do' }, true, 'alipay').base_url).toBe('http://127.0.0.1:9281/gateway.do')
  expect(placed(config, true, 'wechat')).toEqual(config)
  expect(placed({ base_url: 'https://openapi.alipay.com/gateway.do' }, false, 'alipay').base_url).toBe('https://openapi.alipay.com/gateway.do')
})
