// What is typed into a camera so that it pushes here, and what came back when the platform asked it, in words.
import { Button, Typography } from 'antd'
import { useRead, useWrite } from '../../../ui/api.ts'
import { Facts } from '../../../ui/pages.tsx'
import { instant } from '../../../ui/format.ts'
import { parking, type CameraRow, type DialectName } from '../contract.ts'
import { said } from '../shown.ts'

const ASKED_MS = 1_000
export const REACH_NOTE: Readonly<Record<DialectName, string>> = {
  vzenith: '填相机在局域网里的网页地址和登录账号;平台只读名单,每天夜里和名单变动后各核对一次。留空地址即不读。',
  hikvision: '海康相机不按推送的应答开闸,由平台访问相机下令:必须填写相机在局域网里的地址(如 http://192.168.1.64)和有「远程控制」权限的账号,否则道闸不会开。',
}
/** Whether the platform gets through to a camera whose barrier opens by being asked. */
export function Asked({ k }: { k: CameraRow }) {
  if (k.dialect === 'vzenith' || k.retired) return null
  if (!k.reach_host) return <span className="hy-red pk-wrap"> 没有填相机地址,平台开不了闸</span>
  if (k.ask_fault) return <span className="hy-red pk-wrap"> 访问相机:{k.ask_fault}</span>
  return k.reached_at ? <span className="hy-muted"> 应答 {instant(k.reached_at)}</span> : null
}
function steps(dialect: DialectName, path: string): (readonly [string, React.ReactNode])[] {
  const at = new URL(path, location.origin)
  const tls = at.protocol === 'https:'
  const port = at.port || (tls ? '443' : '80')
  const copy = (text: string) => <Typography.Text copyable code>{text}</Typography.Text>
  if (dialect === 'vzenith') return [['推送地址', copy(at.href)], ['协议', 'HTTP 推送,识别结果和心跳都填它;心跳选「comet 轮询」,开启断线重传']]
  return [['在相机上', '配置 → 网络 → 高级配置 → HTTP 监听(有的版本叫「报警主机」)'], ['目的地址', copy(at.hostname)], ['URL', copy(path)], ['端口', copy(port)], ['协议', `${tls ? 'HTTPS' : 'HTTP'},认证方式选「无」`], ['联动', '车辆检测(车牌识别)的联动方式勾选「上传中心」,并开启断网续传'], ['对时', '开启 NTP,时区选北京']]
}
export function CameraAddress({ lot_id, camera: k, close }: { lot_id: string; camera: CameraRow; close: () => void }) {
  const address = useRead(parking.cameraAddress, { camera_id: k.camera_id }, { stale_ms: 0 })
  const ask = useWrite(parking.askCamera)
  // What it answers comes a moment later.
  useRead(parking.lot, { lot_id }, { enabled: k.ask_waiting, refresh_ms: ASKED_MS, keep: true })
  return (
    <div className="hy-card hy-stack" role="region" aria-label="推送地址">
      <p>{k.name}({said('dialect', k.dialect)}):填到相机上的内容。地址里有这台相机的口令,只给安装人员。</p>
      {address.data ? <Facts facts={steps(address.data.dialect, address.data.path)} /> : <p className="hy-muted">{address.error ? address.error.message : '正在读取'}</p>}
      <Told k={k} />
      <div className="hy-line">
        <Button loading={ask.running || k.ask_waiting} disabled={!k.reach_host} onClick={() => void ask.run({ camera_id: k.camera_id })}>测试连接</Button>
        <Button onClick={close}>收起</Button>
      </div>
    </div>
  )
}
function Told({ k }: { k: CameraRow }) {
  if (!k.reach_host) return <p className={k.dialect === 'vzenith' ? 'hy-muted' : 'hy-red'}>还没有在「相机地址」填写地址和账号{k.dialect === 'vzenith' ? ',不能读回名单' : ',平台不能开闸'}。</p>
  if (k.ask_waiting) return <p className="hy-muted" role="status">正在访问 {k.reach_host} …</p>
  if (k.ask_fault) return <p className="hy-red" role="status">访问 {k.reach_host} 没有成功:{k.ask_fault}{k.asked_at ? `(${instant(k.asked_at)})` : ''}</p>
  if (!k.about || !k.reached_at) return <p className="hy-muted" role="status">还没有访问过 {k.reach_host}</p>
  const a = k.about
  const parts = [a.model, a.serial_no ? `序列号 ${a.serial_no}` : '', a.firmware ? `版本 ${a.firmware}` : '', a.list_count === null ? '' : `名单 ${a.list_count} 个`, k.clock_off_s === null ? '' : k.clock_off_s === 0 ? '时钟一致' : `时钟差 ${k.clock_off_s} 秒`].filter(Boolean)
  return <p role="status">{k.reach_host} 应答正常({instant(k.reached_at)}):{parts.join(',')}。</p>
}
