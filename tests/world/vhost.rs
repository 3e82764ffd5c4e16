//! The test's virtual host on the broker.

use std::time::Duration;

use hub112::bus::accounts::Management;

/// The longest that a broker may take before it removes what it is told to.
const RECOVERED_WITHIN: Duration = Duration::from_secs(60);

/// Makes the virtual host.
pub async fn create(management_url: String, vhost: String) {
    super::on_a_thread(move || async move {
        let management = Management::new(&management_url.into(), &vhost).expect("the management interface");
        management.put_vhost().await.expect("a virtual host");
    });
}

/// Removes it with its queues; connections to it end.
pub fn remove(management_url: String, vhost: String) {
    super::on_a_thread(move || async move {
        let management = Management::new(&management_url.into(), &vhost).expect("the management interface");
        // A broker that was just killed recovers its queues first, and answers when it is done.
        let removed = async || management.remove_vhost().await.is_ok();
        super::wait_until("the virtual host is removed", RECOVERED_WITHIN, removed).await;
    });
}
