// Reading back the white list of a camera by its own page on the local network.
import { z } from 'zod'
import { read, write } from '../../kernel/contract.ts'
import { Id, Repeatable, Text } from '../../kernel/shapes.ts'

const Address = z.url({ protocol: /^https?$/ }).max(200).meta({ zh: '相机网页地址' })
export const cameraCalls = {
  /** Without an address nothing can be read back. The password is sealed and shown to nobody. */
  saveCameraReach: write({ zh: '保存相机读名单方式', may: 'parking.lot.write', takes: Repeatable.extend({ camera_id: Id, address: Address.nullable(), user: Text(40).meta({ zh: '账号' }), password: Text(60).optional().meta({ zh: '密码' }) }), gives: z.object({ camera_id: Id }), refuses: ['parking.password_needed'] }),
  readLists: write({ zh: '核对相机白名单', may: 'parking.lot.write', takes: Repeatable.extend({ lot_id: Id }), gives: z.object({ camera_count: z.int(), without_count: z.int() }), refuses: ['parking.no_reach'] }),
  /** On which cameras of its lot the plates of a permit do not stand. */
  permitLists: read({ zh: '授权在相机上的名单', may: 'parking.permit.read', takes: z.object({ permit_id: Id }), gives: z.object({ camera_count: z.int(), left: z.array(z.object({ camera_id: Id, lane_name: z.string(), camera_name: z.string(), online: z.boolean(), plates: z.array(z.string()) })) }) }),
}
