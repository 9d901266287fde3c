// What the platform asks a camera on its local network: what it is, its white list.
import { z } from 'zod'
import { read, write } from '../../kernel/contract.ts'
import { Id, Repeatable, Text } from '../../kernel/shapes.ts'

const Address = z.url({ protocol: /^https?$/ }).max(200).meta({ zh: '相机网页地址' })
/** What a camera said of itself. `hosts`: where it pushes to, without what follows the host: addresses hold secrets; null where it does not tell. */
export const CameraAbout = z.object({ model: z.string(), serial_no: z.string(), firmware: z.string(), hosts: z.array(z.object({ id: z.string(), to: z.string(), ours: z.boolean() })).nullable(), list_count: z.int().nullable() })
export const cameraCalls = {
  /** Without an address the camera cannot be asked: nothing is read back, and a maker whose barrier opens by asking opens nothing. The password is sealed and shown to nobody. */
  saveCameraReach: write({ zh: '保存相机地址和账号', may: 'parking.lot.write', takes: Repeatable.extend({ camera_id: Id, address: Address.nullable(), user: Text(40).meta({ zh: '账号' }), password: Text(60).optional().meta({ zh: '密码' }), plain_ok: z.boolean().default(false).meta({ zh: '允许明文密码' }) }), gives: z.object({ camera_id: Id }), refuses: ['parking.password_needed'] }),
  /** Asks it now; what came back stands in the camera's row. */
  askCamera: write({ zh: '测试相机连接', may: 'parking.lot.write', takes: Repeatable.extend({ camera_id: Id }), gives: z.object({ camera_id: Id }), refuses: ['parking.no_address'] }),
  /** Sets where it pushes to again, on the camera: a reboot switches that off. */
  mendCamera: write({ zh: '重设相机监听地址', may: 'parking.lot.write', takes: Repeatable.extend({ camera_id: Id, origin: z.url({ protocol: /^https?$/ }).max(200).meta({ zh: '相机访问平台的地址' }) }), gives: z.object({ camera_id: Id }), refuses: ['parking.no_address', 'parking.mend_by_hand'] }),
  readLists: write({ zh: '核对相机白名单', may: 'parking.lot.write', takes: Repeatable.extend({ lot_id: Id }), gives: z.object({ camera_count: z.int(), without_count: z.int() }), refuses: ['parking.no_reach'] }),
  /** On which cameras of its lot the plates of a permit do not stand. */
  permitLists: read({ zh: '授权在相机上的名单', may: 'parking.permit.read', takes: z.object({ permit_id: Id }), gives: z.object({ camera_count: z.int(), left: z.array(z.object({ camera_id: Id, lane_name: z.string(), camera_name: z.string(), online: z.boolean(), plates: z.array(z.string()) })) }) }),
}
