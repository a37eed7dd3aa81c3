import { CallLog } from '../../simulator/call-log.js';

/** An address of Connect carries the token and, inside the redirect address, the caller's secret. The log shows neither. */
export class ConnectLog extends CallLog {
  override begin(call: Parameters<CallLog['begin']>[0]): ReturnType<CallLog['begin']> {
    return super.begin({ ...call, query: call.query.replace(/(^|&)(authorizeToken|redirectUrl)=[^&]*/gi, '$1$2=') });
  }
}
