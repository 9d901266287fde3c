// 微信绑定: what is bound, binding from inside WeChat, unbinding. The page is also where WeChat brings the resident back to, with a code.
import { Button } from 'antd-mobile'
import { useEffect, useRef } from 'react'
import { useRead, useWrite, type Out } from '../../../ui/api.ts'
import { instant } from '../../../ui/format.ts'
import { confirm } from '../../../ui/phone/confirm.ts'
import { Page } from '../../../ui/phone/Page.tsx'
import { go, useQueryText } from '../../../ui/phone/router.tsx'
import { Bones, Loaded, StateBlock } from '../../../ui/phone/states.tsx'
import { inWechat } from '../../../ui/phone/wechat.ts'
import { messages } from '../contract.ts'
import { BACK, useBindWechat } from './shared.tsx'

type Mine = Out<typeof messages.myWechat.gives>
export function WechatPage() {
  const code = useQueryText('code')
  const state = useQueryText('state')
  return code && state ? <Arriving code={code} state={state} /> : <Standing />
}

/** A code works once: asked for once, however often the page is drawn. */
function Arriving({ code, state }: { code: string; state: string }) {
  const bind = useWrite(messages.bindWechat, { in_form: true })
  const asked = useRef(false)
  const back = sessionStorage.getItem(BACK) ?? '/mine/wechat'
  useEffect(() => {
    if (asked.current) return
    asked.current = true
    void bind.run({ code, state }, state).then((done) => {
      if (!done) return
      sessionStorage.removeItem(BACK)
      go(back, { replace: true })
    })
  }, [back, bind, code, state])
  if (!bind.error) return <Page title="正在绑定微信"><Bones rows={3} /></Page>
  return (
    <Page title="微信绑定" back="/mine">
      <StateBlock icon="warn" title="没有绑定成功" text={bind.error.message} />
      <Button className="ph-big" block color="primary" onClick={() => go('/mine/wechat', { replace: true })}>返回</Button>
    </Page>
  )
}

function Standing() {
  const mine = useRead(messages.myWechat, {}, { stale_ms: 0 })
  return <Page title="微信绑定" back="/mine"><Loaded reading={mine}>{(m) => <Bound mine={m} />}</Loaded></Page>
}

function Bound({ mine: m }: { mine: Mine }) {
  const end = useWrite(messages.unbindWechat)
  const bind = useBindWechat()
  const leave = async (): Promise<void> => {
    if (await confirm({ title: '解除微信绑定?', text: '解除后不再收到公众号消息,在微信中也不能直接付款,可随时重新绑定。', yes: '解除' })) await end.run({})
  }
  if (!m.offered) return <StateBlock icon="info" title="暂未开通" text="物业公司还没有开通微信公众号" />
  if (m.bound_at)
    return (
      <div className="ph-section">
        <StateBlock icon="ok" title="已绑定微信" text={`${instant(m.bound_at)} 绑定,账单提醒会发到公众号「${m.name}」`} />
        {m.follows === false ? <p role="status" className="ph-center ph-amber">您还没有关注公众号「{m.name}」,关注后才能收到消息。</p> : null}
        <Button className="ph-big" block loading={end.running} onClick={() => void leave()}>解除绑定</Button>
      </div>
    )
  return (
    <div className="ph-section">
      <StateBlock icon="mail" title="绑定微信" text={`绑定后可在微信里直接付款,并在公众号「${m.name}」收到账单与缴费提醒。一个微信只能绑定一个账号。`} />
      {inWechat() ? <Button className="ph-big" block color="primary" loading={bind.running} onClick={() => void bind.run('/mine/wechat')}>绑定微信</Button> : <p className="ph-center ph-weak">请在微信中打开本页(公众号菜单或扫码),再点「绑定微信」。</p>}
    </div>
  )
}
