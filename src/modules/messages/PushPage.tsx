// 消息推送: switched on by its user for this browser, what the locked screen shows, and the other browsers of his that receive.
import { Button, Toast } from 'antd-mobile'
import { useState } from 'react'
import { useRead, useWrite } from '../../ui/api.ts'
import { instant } from '../../ui/format.ts'
import { RowSwitch } from '../../ui/phone/bits.tsx'
import { Page } from '../../ui/phone/Page.tsx'
import { browserName, subscribe, unsubscribe, usePushAbility, type PushAbility } from '../../ui/phone/push.ts'
import { Loaded } from '../../ui/phone/states.tsx'
import { messages } from './contract.ts'
import type { PushDevice } from './contract_push.ts'
import { hereIs } from './push_here.tsx'

const WHY: Partial<Record<PushAbility, string>> = {
  none: '这个浏览器没有推送功能(微信内、部分手机自带浏览器没有)。新消息仍会出现在「消息」里;可换用 Edge、Firefox 或 Chrome 打开本页后开启。',
  home_screen: 'iPhone 须先把本页添加到主屏幕(分享 → 添加到主屏幕,系统 16.4 以上),再从主屏幕打开并开启推送。',
  denied: '您在浏览器里拒绝了通知。请在浏览器的网站设置里把「通知」改为允许,再回到本页。',
}

export function PushPage() {
  const list = useRead(messages.myPushDevices, {}, { stale_ms: 0 })
  return <Page title="消息推送" back="/mine"><Loaded reading={list}>{({ rows }) => <Devices rows={rows} />}</Loaded></Page>
}

function Devices({ rows }: { rows: PushDevice[] }) {
  const ability = usePushAbility()
  const here = rows.find((d) => d.device_id === hereIs.get())
  const { change, running } = useHere(here)
  const show = useWrite(messages.setPushDevice)
  const end = useWrite(messages.endPushDevice, { done: '已停用' })
  const others = rows.filter((d) => d !== here)
  return (
    <>
      {ability === 'ready' || here ? (
        <div className="ph-list" aria-busy={running}>
          <RowSwitch icon="phone" title="在这部手机上推送" under="新消息显示在锁屏和通知栏" on={here !== undefined} set={(on) => void change(on)} />
          {here ? <RowSwitch icon="shield" title="锁屏显示内容" under="关闭时只显示有哪类新消息" on={here.show_text} set={(on) => void show.run({ device_id: here.device_id, show_text: on })} /> : null}
        </div>
      ) : ability === 'looking' ? null : <p className="ph-card" role="status">{WHY[ability]}</p>}
      {others.length > 0 ? (
        <section className="ph-card ph-section" aria-label="其他浏览器">
          <h2>其他接收推送的浏览器</h2>
          {others.map((d) => (
            <p key={d.device_id} className="ph-between">
              <span>{d.browser}<span className="ph-weak ph-small" style={{ display: 'block' }}>{instant(d.created_at)} 开启{d.last_sent_at ? `,最近推送 ${instant(d.last_sent_at)}` : ''}</span></span>
              <Button className="ph-mid" loading={end.running} onClick={() => void end.run({ device_id: d.device_id }, d.device_id)}>停用</Button>
            </p>
          ))}
        </section>
      ) : null}
      <p className="ph-weak ph-small">免打扰时段内只推送紧急消息。退出登录后,这部手机不再接收。</p>
    </>
  )
}

function useHere(here: PushDevice | undefined) {
  const [running, setRunning] = useState(false)
  const ask = useWrite(messages.pushKey, { invalidates: [] })
  const add = useWrite(messages.addPushDevice)
  const end = useWrite(messages.endPushDevice, { done: '已关闭' })
  const on = async (): Promise<void> => {
    const answer = await ask.run({})
    if (!answer) return
    const address = await subscribe(answer.public_key)
    if (address === 'refused') return void Toast.show({ content: '没有允许通知,推送没有开启', duration: 4000 })
    if (address === 'failed') return void Toast.show({ content: '这部手机连不上浏览器的推送服务,推送没有开启;消息仍可在「消息」里看', duration: 5000 })
    const done = await add.run({ ...address, browser: browserName(), show_text: false })
    if (done) hereIs.set(done.device_id)
    else await unsubscribe()
  }
  const off = async (device_id: string): Promise<void> => {
    if (!(await end.run({ device_id }))) return
    hereIs.set(undefined)
    await unsubscribe()
  }
  const change = async (wish: boolean): Promise<void> => {
    if (running) return
    setRunning(true)
    await (wish ? on() : here ? off(here.device_id) : Promise.resolve()).finally(() => setRunning(false))
  }
  return { change, running }
}
