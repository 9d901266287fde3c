import { Button } from 'antd-mobile'
import { isHeld } from './outbox.ts'
import { sendNow, useOutbox } from './outbox_sender.ts'
import { Icon } from './icons.tsx'
import { useOnline } from './online.ts'
import { Link } from './router.tsx'

/** How much is still on the phone, and what wants a person. */
export function OutboxCard() {
  const { entries, sending, broken } = useOutbox()
  const online = useOnline()
  const refused = entries.filter((e) => e.state === 'refused').length
  const waiting = entries.filter((e) => e.state === 'waiting' && !isHeld(entries, e)).length
  if (broken) return <p role="alert" className="ph-card ph-fault">这个浏览器不允许在手机上保存数据,没有网络时不能工作。请退出无痕模式,或换系统浏览器打开。</p>
  return (
    <div aria-live="polite" className="ph-section">
      {waiting > 0 ? (
        <div className="ph-card ph-line st-outbox">
          <span className="ph-row-body"><b>{waiting} 条记录存在手机上</b><span className="ph-weak ph-small" style={{ display: 'block' }}>{sending ? '正在上传' : online ? '等待上传' : '有网络后自动上传,不会丢失'}</span></span>
          {online ? <Button className="ph-mid" color="primary" loading={sending} onClick={() => void sendNow()}>立即上传</Button> : null}
        </div>
      ) : null}
      {refused > 0 ? <Link className="st-refused" to="/pending"><Icon name="warn" />{refused} 条没有通过,请处理</Link> : null}
    </div>
  )
}
