// 访客通行证: what a visitor was sent; shows the code for the guard, as digits and to scan.
import { useEffect, useState } from 'react'
import { useRead } from '../../../ui/api.ts'
import { instant } from '../../../ui/format.ts'
import { Facts } from '../../../ui/phone/bits.tsx'
import { Page } from '../../../ui/phone/Page.tsx'
import { Loaded, StateBlock } from '../../../ui/phone/states.tsx'
import { access } from '../contract.ts'

const ENDED = { cancelled: '邀请已取消', left: '访问已结束' } as const
export function PassPage({ token }: { token: string }) {
  const pass = useRead(access.visitPass, { token }, { stale_ms: 0, refresh_ms: 30_000 })
  return (
    <Page title="访客通行证">
      <Loaded reading={pass}>
        {(v) => (
          <>
            {v.code ? <Code code={v.code} /> : <StateBlock icon="warn" title={v.state === 'cancelled' || v.state === 'left' ? ENDED[v.state] : '通行证已过期'} text="请联系邀请您的业主" />}
            <section className="ph-card"><Facts rows={[['小区', v.community_name], ['受访', v.house_masked], ['访客', v.visitor_name], ['人数', `${v.people_count} 人`], v.plate ? ['车牌', v.plate] : null, ['有效时间', `${instant(v.from_at)} 至 ${instant(v.to_at)}`]]} /></section>
            {v.plate && v.code ? <p className="ph-center ph-weak">车到入口会自动识别放行</p> : null}
          </>
        )}
      </Loaded>
    </Page>
  )
}
export function Code({ code }: { code: string }) {
  const [drawn, setDrawn] = useState<string>()
  useEffect(() => {
    void import('qrcode').then((m) => m.toDataURL(code, { errorCorrectionLevel: 'M', margin: 2, width: 480 })).then(setDrawn)
  }, [code])
  return (
    <section className="ph-card ph-section ph-center" aria-label="通行码">
      <p className="ph-weak">请向门岗出示</p>
      {drawn ? <img src={drawn} alt={`通行码 ${code} 的二维码`} style={{ width: 'min(100%, 13rem)', margin: '0 auto' }} /> : null}
      <p className="ph-amount ph-num" style={{ letterSpacing: '0.3em' }}>{code}</p>
    </section>
  )
}
